// What a store requires of a first intent that nobody has looked for. Each condition is met alone,
// while everything else agrees; nothing is written then.
import { expect, it } from "@jest/globals";
import { type Beginning, needsNoLook } from "../../../functions/lib/domain/beginning.ts";
import type { PaymentRecord } from "../../../functions/lib/domain/payment.ts";
import type { Fact } from "../../../functions/lib/domain/provider-fact.ts";
import {
  acceptanceFor,
  accepted,
  claimed,
  OWNER,
  requestCancel,
  STRANGER,
  type Stores,
  stored,
  transitions,
} from "./fixtures.ts";

const AUTHORIZE: Beginning = { execution: OWNER, step: "authorize-payment" };
const CAPTURE: Beginning = { execution: OWNER, step: "capture-payment", buildsOn: "authorize-payment" };
const PURCHASE: Beginning = { execution: OWNER, step: "on-ramp" };
const AT = "2026-01-01T00:00:01.000Z";
const DECLINED = { code: "CardDeclined", message: "no", step: "authorize-payment" } as const;
const TOLD: Fact = { operation: "capture", state: "pending", id: "cap_1", at: AT };

type Meanwhile = (stores: Stores, payment: PaymentRecord) => Promise<unknown>;

/** A payment right before its capture. */
const authorized = async (stores: Stores, key: string): Promise<PaymentRecord> =>
  stores.payments.commit(await claimed(stores, { key }), transitions.authorization);

export function describeBeginning(given: () => Stores): void {
  it.each([
    ["a payment that has nothing beside it", {}],
    ["a payment with its metadata", { metadata: { order: "7", note: "ü" } }],
  ])("%s, and brings it as it is afterwards", async (key, wanted) => {
    const { payments, clock } = given();
    const before = await claimed(given(), { key, ...wanted });
    const begun = await payments.begin(before.payment_id, AUTHORIZE);
    expect(begun).toEqual(await stored(given(), before.payment_id));
    const at = { "authorize-payment": clock.now() };
    expect(begun).toEqual({ ...before, marks: { ...before.marks, intent: at, asked: at } });
  });

  it("a purchase, and lists it as in transit", async () => {
    const { payments } = given();
    const { payment_id } = await claimed(given(), { key: "buys", rail: "stablecoin" });
    const begun = await payments.begin(payment_id, PURCHASE);
    expect(begun).toEqual(await stored(given(), payment_id));
    expect(begun?.in_transit_since).toBeDefined();
  });

  it("a step that may come too late, of a payment that is just young enough", async () => {
    const { payments, clock } = given();
    const of = async (key: string) => claimed(given(), { key, rail: "stablecoin" });
    const { payment_id, created_at } = await of("just in time");
    const moment = (later: number) => new Date(Date.parse(created_at) + later).toISOString();
    expect(await payments.begin(payment_id, { ...PURCHASE, acceptedSince: moment(1) })).toBeUndefined();
    expect((await stored(given(), payment_id)).marks.intent).toEqual({});
    const begun = await payments.begin(payment_id, { ...PURCHASE, acceptedSince: moment(0) });
    expect(begun?.marks.intent).toEqual({ "on-ramp": clock.now() });
  });

  it("a step that builds on another one's result", async () => {
    const { payment_id } = await authorized(given(), "builds on a result");
    expect(await given().payments.begin(payment_id, CAPTURE)).toMatchObject({ authorization_id: "auth_1" });
  });

  it.each<[string, Beginning, Meanwhile]>([
    [
      "of a stale owner",
      AUTHORIZE,
      ({ hand }, { payment_id }) => hand.alter(payment_id, { owner_execution: STRANGER }),
    ],
    [
      "of a step whose undo has begun",
      AUTHORIZE,
      ({ payments }, { payment_id }) =>
        payments.mark(payment_id, "tombstone", "authorize-payment", { execution: OWNER }),
    ],
    ["of a withdrawn payment", AUTHORIZE, (stores, { payment_id }) => requestCancel(stores, payment_id)],
    [
      "of a payment that was refused",
      AUTHORIZE,
      ({ payments }, { payment_id }) => payments.recordFailure(payment_id, DECLINED, { execution: OWNER }),
    ],
    [
      "of a payment whose refusal is in doubt",
      AUTHORIZE,
      ({ payments }, { payment_id }) =>
        payments.recordFailure(payment_id, DECLINED, { execution: OWNER }, "doubted"),
    ],
    [
      "of a step that is done",
      AUTHORIZE,
      ({ hand }, { payment_id }) => hand.alter(payment_id, { authorization_id: "auth_1" }),
    ],
    [
      "of a step that another try has begun",
      AUTHORIZE,
      ({ payments }, { payment_id }) =>
        payments.mark(payment_id, "intent", "authorize-payment", { execution: OWNER }),
    ],
    [
      "of a payment that is parked",
      AUTHORIZE,
      ({ hand }, { payment_id }) => hand.alter(payment_id, { status: "IN_REVIEW" }),
    ],
    [
      "of a payment that a provider told of",
      AUTHORIZE,
      ({ payments }, { payment_id }) => payments.recordFact(payment_id, TOLD),
    ],
    [
      "while the provider contradicts itself",
      AUTHORIZE,
      ({ hand }, { payment_id }) => hand.alter(payment_id, { disputed: ["capture"] }),
    ],
    ["on a result that is not there", CAPTURE, async () => undefined],
    [
      "on a result that is being undone",
      CAPTURE,
      async ({ hand, payments }, { payment_id }) => {
        await hand.alter(payment_id, { authorization_id: "auth_1" });
        await payments.mark(payment_id, "tombstone", "authorize-payment", { execution: OWNER });
      },
    ],
  ])("nothing %s", async (title, beginning, meanwhile) => {
    const payment = await claimed(given(), { key: `begins nothing ${title}` });
    await meanwhile(given(), payment);
    const before = await stored(given(), payment.payment_id);
    expect(await given().payments.begin(payment.payment_id, beginning)).toBeUndefined();
    expect(await stored(given(), payment.payment_id)).toEqual(before);
  });

  it("nothing twice", async () => {
    const { payments, clock } = given();
    const { payment_id } = await claimed(given(), { key: "begins once" });
    const both = [payments.begin(payment_id, AUTHORIZE), payments.begin(payment_id, AUTHORIZE)];
    const begun = (await Promise.all(both)).filter((payment) => payment !== undefined);
    expect(begun).toHaveLength(1);
    clock.advance(1_000);
    expect(await payments.begin(payment_id, AUTHORIZE)).toBeUndefined();
    expect(await stored(given(), payment_id)).toEqual(begun[0]);
  });

  it("nothing of a payment that nobody claimed, nor of one that is none", async () => {
    const { payments } = given();
    const { payment_id } = await accepted(given(), { key: "begins before its claim" });
    expect(await payments.begin(payment_id, AUTHORIZE)).toBeUndefined();
    const none = acceptanceFor({ key: "begun and never accepted" }).payment.payment_id;
    expect(await payments.begin(none, AUTHORIZE)).toBeUndefined();
    expect(await payments.load(none)).toBeUndefined();
  });

  it("nothing that the judgement of a payment in memory would not begin", async () => {
    const { payment_id } = await authorized(given(), "judged in memory");
    const begun = await given().payments.begin(payment_id, CAPTURE);
    expect(begun && needsNoLook(begun, CAPTURE)).toBe(false);
  });
}
