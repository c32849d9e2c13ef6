// A merge patch, and the change that it makes of a payment.
import { describe, expect, it } from "@jest/globals";
import fc from "fast-check";
import { violations } from "../../../../functions/lib/contracts/contract.ts";
import { eventViolations } from "../../../../functions/lib/contracts/event-contract.ts";
import * as schemas from "../../../../functions/lib/contracts/schemas.ts";
import type { PaymentChange } from "../../../../functions/lib/contracts/types.ts";
import { changeOf, membersChanged, patched } from "../../../../functions/lib/domain/change.ts";
import { type Changeable, type PaymentRecord, toApi } from "../../../../functions/lib/domain/payment.ts";
import { acceptanceFor } from "../../../support/conformance/fixtures.ts";

const NOW = Date.parse("2026-02-01T00:00:00.000Z");
const parsed = (text: string) => JSON.parse(text);
const with_ = (own: Changeable): PaymentRecord => acceptanceFor({ key: "changed", ...own }).payment;
const merge = (own: string, patch: string): string =>
  JSON.stringify(patched(with_(parsed(own)), parsed(patch)));

describe("a merge patch", () => {
  // RFC 7396, appendix A, as far as a payment has such members.
  it.each([
    ['{"description":"b"}', '{"description":"c"}', '{"description":"c"}'],
    ['{"description":"b"}', '{"reference":"c"}', '{"description":"b","reference":"c"}'],
    ['{"description":"b"}', '{"description":null}', "{}"],
    ['{"description":"b","reference":"c"}', '{"description":null}', '{"reference":"c"}'],
    ['{"metadata":{"b":"c"}}', '{"metadata":{"b":"d","c":null}}', '{"metadata":{"b":"d"}}'],
    ['{"metadata":{"b":"c"}}', '{"metadata":null}', "{}"],
    ["{}", '{"metadata":{"b":"c","d":null}}', '{"metadata":{"b":"c"}}'],
    ["{}", '{"metadata":{"d":null}}', '{"metadata":{}}'],
    ['{"metadata":{"b":"c"}}', "{}", '{"metadata":{"b":"c"}}'],
    [
      '{"metadata":{"z":"1","a":"2"}}',
      '{"metadata":{"m":"3","z":"4"}}',
      '{"metadata":{"z":"4","a":"2","m":"3"}}',
    ],
  ])("of %s with %s is %s", (own, patch, result) => {
    expect(merge(own, patch)).toBe(result);
  });

  it.each(Object.getOwnPropertyNames(Object.prototype))("knows %s as a name like any other", (name) => {
    const one = `{"metadata":{"${name}":"mine"}}`;
    expect(merge("{}", one)).toBe(one);
    expect(merge(one, `{"metadata":{"${name}":null}}`)).toBe('{"metadata":{}}');
    expect(merge("{}", `{"metadata":{"${name}":null}}`)).toBe('{"metadata":{}}');
    expect(membersChanged(with_(parsed(one)), parsed(one))).toEqual([]);
  });

  it("changes nothing when it is applied again, and leaves what it names as it says", () => {
    const text = fc.string({ maxLength: 5 });
    const name = fc.oneof(fc.constantFrom("a", "b", "__proto__", "constructor"), text);
    const own = fc.record(
      { description: text, metadata: fc.dictionary(name, text), reference: text },
      { requiredKeys: [] },
    );
    const orNull = fc.option(text);
    const patches = fc.record(
      { description: orNull, metadata: fc.option(fc.dictionary(name, orNull)), reference: orNull },
      { requiredKeys: [] },
    );
    fc.assert(
      fc.property(own, patches, (given, patch) => {
        const payment = with_(given);
        const once = patched(payment, patch as PaymentChange);
        const { changed } = changeOf(payment, once, NOW);
        expect(patched({ ...payment, changed }, patch as PaymentChange)).toEqual(once);
        expect(membersChanged({ ...payment, changed }, once)).toEqual([]);
        for (const [member, value] of Object.entries(patch.metadata ?? {}))
          expect(new Map(Object.entries(once.metadata ?? {})).get(member)).toBe(value ?? undefined);
      }),
    );
  });
});

describe("a change", () => {
  const payment = { ...with_({ description: "a chair", metadata: { a: "1", b: "2" } }), version: 4 };

  it.each<[Changeable, string[]]>([
    [{ description: "a chair", metadata: { b: "2", a: "1" } }, []],
    [{ description: "two chairs", metadata: { a: "1", b: "2" } }, ["description"]],
    [{ description: "a chair", metadata: { a: "1" } }, ["metadata"]],
    [{ reference: "r" }, ["description", "metadata", "reference"]],
  ])("to %j is one of %j", (to, members) => {
    expect(membersChanged(payment, to)).toEqual(members);
  });

  it("has the next number, and an event without a value that keeps its schema", () => {
    const first = changeOf(payment, { description: "secret", metadata: { hidden: "words" } }, NOW);
    const second = changeOf({ ...payment, changed: first.changed }, { reference: "r" }, NOW);
    expect([first.changed.changes, second.changed.changes]).toEqual([1, 2]);
    expect(first.event).toEqual({
      event_id: `${payment.payment_id}:change-1`,
      type: "payment.updated",
      version: 1,
      payment_id: payment.payment_id,
      merchant_id: "m1",
      change: 1,
      after_sequence: 4,
      occurred_at: "2026-02-01T00:00:00.000Z",
      status: payment.status,
      data: { changed: ["description", "metadata"] },
    });
    for (const { event } of [first, second]) expect(eventViolations(event)).toEqual([]);
  });

  it("shows in the payment, which counts it as a version, and in nothing else of it", () => {
    const { changed } = changeOf(payment, { metadata: {} }, NOW);
    const { description: _, ...others } = toApi(payment);
    const shown = toApi({ ...payment, changed });
    expect(shown).toEqual({ ...others, metadata: {}, version: 5, updated_at: "2026-02-01T00:00:00.000Z" });
    expect(violations(schemas.Payment, shown)).toEqual([]);
    const later = { ...payment, changed, updated_at: "2026-02-02T00:00:00.000Z" };
    expect(toApi(later).updated_at).toBe(later.updated_at);
  });
});
