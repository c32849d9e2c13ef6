// What every payment store must do, whatever it keeps payments in: run against the memory adapter
// and against DynamoDB.
import { beforeAll, describe, expect, it } from "@jest/globals";
import type { Guard } from "../../../functions/lib/domain/guard.ts";
import type { Fact } from "../../../functions/lib/domain/provider-fact.ts";
import type { Transition } from "../../../functions/lib/domain/transition.ts";
import type { Holder } from "../../../functions/lib/domain/value-in-transit.ts";
import type { PaymentStore } from "../../../functions/lib/ports/payment-store.ts";
import { describeBeginning } from "./begin.ts";
import { describeCancel } from "./cancel.ts";
import { describeChange } from "./change.ts";
import { describeCommit } from "./commit.ts";
import { describeDisputes } from "./disputes.ts";
import { describeErasure } from "./erasure.ts";
import {
  acceptanceFor,
  accepted,
  claimed,
  failureOf,
  OWNER,
  requestCancel,
  STRANGER,
  type Stores,
  stored,
  transitions,
} from "./fixtures.ts";
import { describeMoment } from "./moment-of-write.ts";

/** A merchant may call a key of its metadata so; whoever asks an object by name is answered. */
const namesOfObjects = Object.getOwnPropertyNames(Object.prototype);

/** `make` gives stores that may hold other tests' payments: every test has keys of its own. */
export function describePaymentStore(name: string, make: () => Promise<Stores>): void {
  describe(`a payment store in ${name}`, () => {
    let stores: Stores;
    let payments: PaymentStore;
    beforeAll(async () => {
      stores = await make();
      payments = stores.payments;
    });
    const given = () => stores;
    describe("accepts", () => describeAccept(given));
    describe("begins", () => describeBeginning(given));
    describe("cancels", () => describeCancel(given));
    describe("guards", () => describeGuards(given));
    describe("commits", () => describeCommit(given));
    describe("of a change after the fact", () => describeChange(given));
    describe("judges what is there when it writes", () => describeMoment(given));
    describe("closes", () => describeClosing(given));
    describe("lists as in transit", () => describeTransit(given));
    describe("keeps a fact", () => describeFacts(given));
    describe("keeps of a dispute", () => describeDisputes(given));
    describe("of what is personal", () => describeErasure(given));

    it("knows no payment that was never accepted", async () => {
      const { payment_id } = acceptanceFor({ key: "never accepted" }).payment;
      expect(await payments.load(payment_id)).toBeUndefined();
      expect(await payments.events(payment_id)).toEqual([]);
      expect(await payments.loadWithEvents(payment_id)).toBeUndefined();
    });
  });
}

function describeAccept(given: () => Stores): void {
  it("a payment as it is, with its first event", async () => {
    const acceptance = acceptanceFor({
      key: "as it is",
      amount: 999_999_999_999n,
      payment_method: "tok_visa",
      reference: "order-as-it-is",
      metadata: { order: "7", note: 'größer ≠ "gleich"' },
    });
    expect(await given().payments.accept(acceptance)).toEqual({ outcome: "created" });
    const { payment_id } = acceptance.payment;
    expect(await stored(given(), payment_id)).toEqual(acceptance.payment);
    expect(await given().payments.events(payment_id)).toEqual([acceptance.event]);
  });

  it.each([
    ["every name that any object has", Object.fromEntries(namesOfObjects.map((name) => [name, name]))],
    ...namesOfObjects.map((name): [string, object] => [
      `the name ${name}`,
      Object.fromEntries([[name, "a value of the merchant's own"]]),
    ]),
  ])("metadata with %s, and gives it back as it is", async (title, named) => {
    const metadata = named as Record<string, string>;
    const acceptance = acceptanceFor({ key: `metadata with ${title}`, metadata });
    expect(await given().payments.accept(acceptance)).toEqual({ outcome: "created" });
    const kept = (await stored(given(), acceptance.payment.payment_id)).metadata;
    expect(Object.entries(kept ?? {})).toEqual(Object.entries(metadata));
  });

  it("a key once: whoever comes again gets the first answer, to the byte, and the first body's fingerprint", async () => {
    const { payments } = given();
    const first = acceptanceFor({ key: "once", response: '{ "a":1, "b":"ü\\u00fc" }' });
    const again = acceptanceFor({ key: "once", requestId: "again", amount: 2000n, response: "{}" });
    await payments.accept(first);
    const { response, fingerprint } = first;
    expect(await payments.accept(again)).toEqual({ outcome: "known", response, fingerprint });
    expect(again.fingerprint).not.toEqual(fingerprint);
    expect(await stored(given(), first.payment.payment_id)).toEqual(first.payment);
  });

  it("its own write for new when the answer to it was lost", async () => {
    const acceptance = acceptanceFor({ key: "lost answer", reference: "order-lost" });
    await given().payments.accept(acceptance);
    expect(await given().payments.accept(acceptance)).toEqual({ outcome: "created" });
    expect(await given().payments.events(acceptance.payment.payment_id)).toHaveLength(1);
  });

  it("no reference of a living payment, and then writes nothing", async () => {
    const { payments } = given();
    const holder = await accepted(given(), { key: "holder", reference: "order-1" });
    const late = acceptanceFor({ key: "late", reference: "order-1", metadata: { a: "b" } });
    const { payment_id } = holder;
    expect(await payments.accept(late)).toEqual({ outcome: "reference-taken", payment_id });
    expect(await payments.load(late.payment.payment_id)).toBeUndefined();
    expect(await payments.events(late.payment.payment_id)).toEqual([]);
  });

  it("the same reference of another merchant", async () => {
    await accepted(given(), { key: "mine", reference: "order-2" });
    const other = acceptanceFor({ key: "mine", merchant_id: "m2", reference: "order-2" });
    expect(await given().payments.accept(other)).toEqual({ outcome: "created" });
  });

  it("a known key before it looks at the reference", async () => {
    const { payments } = given();
    await accepted(given(), { key: "has a reference", reference: "order-3" });
    const again = acceptanceFor({ key: "has a reference", requestId: "again", reference: "order-3" });
    expect(await payments.accept(again)).toMatchObject({ outcome: "known" });
    const without = acceptanceFor({ key: "has a reference", requestId: "third" });
    expect(await payments.accept(without)).toMatchObject({ outcome: "known" });
  });

  it("a reference again once its payment failed, and a late failure does not free it twice", async () => {
    const { payments } = given();
    const first = await accepted(given(), { key: "will fail", reference: "order-4" });
    await payments.commit(first, transitions.failing);
    const second = acceptanceFor({ key: "second try", reference: "order-4" });
    expect(await payments.accept(second)).toEqual({ outcome: "created" });
    await payments.commit(first, transitions.failing);
    const third = acceptanceFor({ key: "third try", reference: "order-4" });
    const { payment_id } = second.payment;
    expect(await payments.accept(third)).toEqual({ outcome: "reference-taken", payment_id });
  });

  it("one of fifty at once", async () => {
    const contenders = Array.from({ length: 50 }, (_, n) =>
      acceptanceFor({
        key: "fifty",
        requestId: `request ${n}`,
        response: `answer ${n}`,
        reference: "order-50",
      }),
    );
    const outcomes = await Promise.all(contenders.map((one) => given().payments.accept(one)));
    const created = outcomes.flatMap(({ outcome }, n) => (outcome === "created" ? [`answer ${n}`] : []));
    const replayed = outcomes.flatMap((one) => (one.outcome === "known" ? [one.response] : []));
    expect(created).toHaveLength(1);
    expect(replayed).toEqual(Array.from({ length: 49 }, () => created[0]));
    expect(await given().payments.events(acceptanceFor({ key: "fifty" }).payment.payment_id)).toHaveLength(1);
  });
}

function describeGuards(given: () => Stores): void {
  it("the owner where a provider was not to be reached, and keeps when that was the last time", async () => {
    const { payments } = given();
    const { payment_id, version, marks } = await claimed(given(), { key: "unreached" });
    const note = (execution: string) =>
      payments.mark(payment_id, "unreached", "off-ramp", { execution, step: "off-ramp" });
    const { payment } = await note(OWNER);
    expect(payment.marks.unreached["off-ramp"]).toBeGreaterThan(0);
    const { earlier } = await note(OWNER);
    expect(earlier).toBe(payment.marks.unreached["off-ramp"]);
    const after = await stored(given(), payment_id);
    expect(after.marks).toEqual({ ...marks, unreached: after.marks.unreached });
    expect(after.version).toBe(version);
    expect(await failureOf(note("attempt-0"))).toBe("Superseded");
    await payments.mark(payment_id, "tombstone", "off-ramp", { execution: OWNER });
    expect(await failureOf(note(OWNER))).toBe("UndoStarted");
  });

  it("nothing more than the owner, and tells a first mark from a repeated one", async () => {
    const { payments } = given();
    const { payment_id, version, marks } = await claimed(given(), { key: "marks" });
    const guard = { execution: OWNER, step: "authorize-payment", refusedIfCancelRequested: true } as const;
    const first = await payments.mark(payment_id, "intent", "authorize-payment", guard);
    expect(first.earlier).toBeUndefined();
    const set = first.payment.marks.intent["authorize-payment"];
    expect(set).toBeGreaterThan(0);
    const again = await payments.mark(payment_id, "intent", "authorize-payment", guard);
    expect(again.earlier).toBe(set);
    const after = await stored(given(), payment_id);
    expect(after.version).toBe(version);
    const asked = { "authorize-payment": set };
    expect(again.payment.marks.asked).toEqual(asked);
    expect(after.marks).toEqual({ ...marks, asked, intent: again.payment.marks.intent });
    expect(await payments.events(payment_id)).toHaveLength(version);
  });

  it.each<[string, string, (stores: Stores, paymentId: string) => Promise<unknown>, string]>([
    ["of a stale owner", STRANGER, async () => undefined, "Superseded"],
    [
      "of a step whose undo has begun",
      OWNER,
      ({ payments }, id) => payments.mark(id, "tombstone", "authorize-payment", { execution: OWNER }),
      "UndoStarted",
    ],
    ["of a step of a withdrawn payment", OWNER, requestCancel, "CancelRequested"],
    [
      "of a stale owner before everything else",
      STRANGER,
      async (stores, id) => {
        await stores.payments.mark(id, "tombstone", "authorize-payment", { execution: OWNER });
        await requestCancel(stores, id);
      },
      "Superseded",
    ],
    [
      "of an undone step rather than of a withdrawn payment",
      OWNER,
      async (stores, id) => {
        await requestCancel(stores, id);
        await stores.payments.mark(id, "tombstone", "authorize-payment", { execution: OWNER });
      },
      "UndoStarted",
    ],
  ])("against a write %s", async (title, execution, before, refusal) => {
    const { payments } = given();
    const { payment_id } = await claimed(given(), { key: `guard ${title}` });
    await before(given(), payment_id);
    const standing = await stored(given(), payment_id);
    const guard = { execution, step: "authorize-payment", refusedIfCancelRequested: true } as const;
    const failure = { code: "CardDeclined", message: "no", step: "authorize-payment" };
    const transition = { ...transitions.authorization, guard };
    expect(await failureOf(payments.mark(payment_id, "intent", "authorize-payment", guard))).toBe(refusal);
    expect(await failureOf(payments.recordFailure(payment_id, failure, guard))).toBe(refusal);
    expect(await failureOf(payments.commit(standing, transition))).toBe(refusal);
    expect(await stored(given(), payment_id)).toEqual(standing);
    expect(await payments.events(payment_id)).toHaveLength(standing.version);
  });

  it("against a write to a payment that nobody claimed, unless the write says so", async () => {
    const { payments } = given();
    const { payment_id } = await accepted(given(), { key: "unclaimed" });
    const mark = (acceptsUnclaimed: boolean) =>
      payments.mark(payment_id, "intent", "validate-payment", { execution: OWNER, acceptsUnclaimed });
    expect(await failureOf(mark(false))).toBe("Superseded");
    expect(await failureOf(mark(true))).toBe("nothing");
  });

  it("a judgement against the judgement of another try", async () => {
    const { payments } = given();
    const guard = { ...transitions.claim.guard, decides: "validate-payment" as const };
    const failure = { code: "MerchantDisabled", message: "no", step: "validate-payment" };
    const refused = await accepted(given(), { key: "refused by another try" });
    await payments.recordFailure(refused.payment_id, failure, guard);
    expect(await failureOf(payments.recordFailure(refused.payment_id, failure, guard))).toBe(
      "StoreContention",
    );
    expect(await failureOf(payments.commit(refused, { ...transitions.claim, guard }))).toBe(
      "StoreContention",
    );
    const validated = await claimed(given(), { key: "validated by another try" });
    const late = payments.recordFailure(validated.payment_id, failure, guard);
    expect(await failureOf(late)).toBe("StoreContention");
  });

  it("a refusal by a step that has begun, and a beginning of one that was refused", async () => {
    const { payments } = given();
    const guard: Guard = { execution: OWNER, step: "on-ramp" };
    const failure = { code: "QuoteExpired", message: "no", step: "on-ramp" };
    const begin = (paymentId: string) =>
      payments.mark(paymentId, "intent", "on-ramp", { ...guard, firstIntentOf: "on-ramp" });
    const refuse = (paymentId: string) =>
      payments.recordFailure(paymentId, failure, { ...guard, decides: "on-ramp" });
    const begun = await claimed(given(), { key: "begun by another try" });
    await begin(begun.payment_id);
    expect(await failureOf(refuse(begun.payment_id))).toBe("StoreContention");
    const refused = await claimed(given(), { key: "refused before it began" });
    await refuse(refused.payment_id);
    expect(await failureOf(begin(refused.payment_id))).toBe("StoreContention");
    expect((await stored(given(), refused.payment_id)).marks.intent).toEqual({});
  });

  it("a refusal by a step that has done its work without an intent", async () => {
    const { payments } = given();
    const decides = "authorize-conversion" as const;
    const failure = { code: "AmountTooSmall", message: "no", step: decides };
    const guard: Guard = { execution: OWNER, step: decides, decides };
    const payment = await claimed(given(), { key: "held by another try", rail: "stablecoin" });
    await payments.commit(payment, { ...transitions.holding(payment), guard });
    expect(await failureOf(payments.recordFailure(payment.payment_id, failure, guard))).toBe(
      "StoreContention",
    );
    const refused = await claimed(given(), { key: "refused, then held", rail: "stablecoin" });
    await payments.recordFailure(refused.payment_id, failure, guard);
    const late = payments.commit(refused, { ...transitions.holding(refused), guard });
    expect(await failureOf(late)).toBe("StoreContention");
    expect((await stored(given(), refused.payment_id)).held_at).toBeUndefined();
  });

  it("an undo against nothing but a new owner", async () => {
    const { payments } = given();
    const { payment_id } = await claimed(given(), { key: "undo" });
    await requestCancel(given(), payment_id);
    const undo = (execution: string) => payments.mark(payment_id, "tombstone", "post-ledger", { execution });
    expect(await failureOf(undo(OWNER))).toBe("nothing");
    expect(await failureOf(undo(OWNER))).toBe("nothing");
    expect(await failureOf(undo(STRANGER))).toBe("Superseded");
  });

  it("the first reason of a failure", async () => {
    const { payments } = given();
    const { payment_id } = await claimed(given(), { key: "reasons" });
    const first = { code: "CardDeclined", message: "do not honour", step: "authorize-payment" };
    await payments.recordFailure(payment_id, first, { execution: OWNER });
    await payments.recordFailure(payment_id, { ...first, code: "CaptureDeclined" }, { execution: OWNER });
    expect((await stored(given(), payment_id)).failure).toEqual(first);
  });

  it("the last refusal that is in doubt, for the step of an earlier one has been done after all", async () => {
    const { payments } = given();
    const { payment_id } = await claimed(given(), { key: "doubted refusals" });
    const earlier = { code: "CardDeclined", message: "do not honour", step: "authorize-payment" };
    const last = { code: "ProviderRejected", message: "amount_too_small", step: "capture-payment" };
    for (const refusal of [earlier, last])
      await payments.recordFailure(payment_id, refusal, { execution: OWNER }, "doubted");
    const { failure, doubted_refusal } = await stored(given(), payment_id);
    expect({ failure, doubted_refusal }).toEqual({ failure: undefined, doubted_refusal: last });
  });
}

function describeClosing(given: () => Stores): void {
  /** Over every shard that a store may have. */
  const openBefore = async (before: string, limit = 100): Promise<string[]> => {
    const shards = Array.from({ length: 16 }, (_, shard) =>
      given().payments.openBefore(shard, before, limit),
    );
    return (await Promise.all(shards)).flat().map(({ payment_id }) => payment_id);
  };

  it("a verified payment once, and takes it off the open ones", async () => {
    const { payments } = given();
    const { payment_id } = await accepted(given(), { key: "closed", created_at: "2001-01-01T00:00:00.000Z" });
    expect(await openBefore("2001-01-02")).toContain(payment_id);
    await payments.close(payment_id, "2026-01-01T00:05:00.000Z");
    await payments.close(payment_id, "2026-01-01T00:06:00.000Z");
    expect((await stored(given(), payment_id)).verified_at).toBe("2026-01-01T00:05:00.000Z");
    expect(await openBefore("2001-01-02")).not.toContain(payment_id);
  });

  it("no payment into being", async () => {
    const { payment_id } = acceptanceFor({ key: "closed and never accepted" }).payment;
    await given().payments.close(payment_id, "2026-01-01T00:05:00.000Z");
    expect(await given().payments.load(payment_id)).toBeUndefined();
  });

  it("only what was verified: what was accepted before a moment stays open, and what came at it is not listed", async () => {
    const before = "2002-01-02T00:00:00.000Z";
    const old = await accepted(given(), { key: "old", created_at: "2002-01-01T23:59:59.999Z" });
    const young = await accepted(given(), { key: "young", created_at: before });
    const open = await openBefore(before);
    expect(open).toContain(old.payment_id);
    expect(open).not.toContain(young.payment_id);
    await given().payments.commit(old, transitions.failing);
    expect(await openBefore(before)).toContain(old.payment_id);
  });

  it("and lists the open ones of a shard oldest first, no more than asked for", async () => {
    const keys = Array.from({ length: 40 }, (_, n) => ({
      key: `ordered ${n}`,
      created_at: `2003-01-01T00:00:${String(59 - n).padStart(2, "0")}.000Z`,
    }));
    const made = await Promise.all(keys.map((one) => accepted(given(), one)));
    const since = new Map(made.map(({ payment_id, created_at }) => [payment_id, created_at]));
    for (let shard = 0; shard < 16; shard++) {
      const listed = await given().payments.openBefore(shard, "2003-01-02", 100);
      const ours = listed.filter(({ payment_id }) => since.has(payment_id));
      expect(ours.map((one) => one.since)).toEqual(ours.map(({ payment_id }) => since.get(payment_id)));
      const times = listed.map((one) => one.since);
      expect(times).toEqual([...times].sort());
      expect(await given().payments.openBefore(shard, "2003-01-02", 1)).toEqual(listed.slice(0, 1));
    }
    const listed = await openBefore("2003-01-02", 1000);
    expect(listed).toEqual(expect.arrayContaining([...since.keys()]));
  });

  it("and refuses to go on after one that it would not list", async () => {
    const after = { payment_id: "a0", since: "2003-03-01T00:00:00.000Z" };
    expect(await failureOf(given().payments.openBefore(0, after.since, 1, after))).toBe("InvariantBroken");
  });

  it("and goes on after one of them, past none of the same moment, and though that one was closed", async () => {
    const { payments } = given();
    const at = (n: number) => `2003-02-01T00:00:0${Math.floor(n / 20)}.000Z`;
    const keys = Array.from({ length: 40 }, (_, n) => ({ key: `paged ${n}`, created_at: at(n) }));
    const made = await Promise.all(keys.map((one) => accepted(given(), one)));
    const met: string[] = [];
    for (let shard = 0; shard < 16; shard++) {
      let [last] = await payments.openBefore(shard, "2003-02-02", 1);
      while (last) {
        met.push(last.payment_id);
        if (last.since.startsWith("2003-02"))
          await payments.close(last.payment_id, "2003-02-02T00:00:00.000Z");
        [last] = await payments.openBefore(shard, "2003-02-02", 1, last);
      }
    }
    expect(new Set(met).size).toBe(met.length);
    expect(met).toEqual(expect.arrayContaining(made.map(({ payment_id }) => payment_id)));
  });
}

function describeFacts(given: () => Stores): void {
  const fact = (more: Partial<Fact> = {}): Fact => ({
    operation: "capture",
    state: "succeeded",
    id: "cap_1",
    at: "2026-01-01T00:00:01.000Z",
    ...more,
  });
  const factsOf = async (paymentId: string) => (await stored(given(), paymentId)).facts;

  it("of each key beside the payment, which stays as it is", async () => {
    const { payments } = given();
    const before = await claimed(given(), { key: "facts", metadata: { order: "7" } });
    const { payment_id } = before;
    const hold = fact({ operation: "authorize", id: "auth_1" });
    expect(await payments.recordFact(payment_id, fact())).toEqual({ outcome: "recorded" });
    expect(await payments.recordFact(payment_id, hold)).toEqual({ outcome: "recorded" });
    const { facts, metadata, ...after } = await stored(given(), payment_id);
    expect(facts).toEqual({ authorize: hold, capture: fact() });
    expect(metadata).toEqual({ order: "7" });
    expect({ ...after, metadata }).toEqual(before);
    expect(await payments.events(payment_id)).toHaveLength(before.version);
  });

  it("and makes no payment of one that is none", async () => {
    const { payment_id } = acceptanceFor({ key: "told of and never accepted" }).payment;
    await given().payments.recordFact(payment_id, fact());
    expect(await given().payments.load(payment_id)).toBeUndefined();
  });

  it("and glances at many payments at once, at what is beside them not, and at none that there is not", async () => {
    const { payments } = given();
    const payment = await claimed(given(), { key: "glanced at", metadata: { order: "7" } });
    await payments.recordFact(payment.payment_id, fact());
    const other = await accepted(given(), { key: "glanced at beside it" });
    const { payment_id: never } = acceptanceFor({ key: "never glanced at" }).payment;
    const glances = await payments.glances([other.payment_id, never, payment.payment_id]);
    const { metadata: _, ...own } = payment;
    expect(glances).toEqual(
      new Map([
        [other.payment_id, other],
        [payment.payment_id, own],
      ]),
    );
    expect(await payments.glances([])).toEqual(new Map());
  });

  it("and shows the payment whole with its trail in one read", async () => {
    const { payments } = given();
    const payment = await claimed(given(), { key: "whole with its trail", metadata: { order: "7" } });
    await payments.recordFact(payment.payment_id, fact());
    const read = await payments.loadWithEvents(payment.payment_id);
    expect(read?.payment).toEqual(await payments.load(payment.payment_id));
    expect(read?.payment).toMatchObject({ metadata: { order: "7" }, facts: { capture: fact() } });
    expect(read?.events).toEqual(await payments.events(payment.payment_id));
    expect(read?.events).toHaveLength(payment.version);
  });

  it("once, however often it is told", async () => {
    const { payment_id } = await accepted(given(), { key: "a repeated fact" });
    await given().payments.recordFact(payment_id, fact());
    expect(await given().payments.recordFact(payment_id, fact())).toEqual({ outcome: "known" });
    expect(await factsOf(payment_id)).toEqual({ capture: fact() });
  });

  it("that is final over one that was pending, and not the other way round", async () => {
    const { payment_id } = await accepted(given(), { key: "a fact out of order" });
    const pending = fact({ state: "pending" });
    expect(await given().payments.recordFact(payment_id, pending)).toEqual({ outcome: "recorded" });
    expect(await given().payments.recordFact(payment_id, pending)).toEqual({ outcome: "known" });
    expect(await given().payments.recordFact(payment_id, fact())).toEqual({ outcome: "recorded" });
    expect(await given().payments.recordFact(payment_id, pending)).toEqual({ outcome: "known" });
    expect(await factsOf(payment_id)).toEqual({ capture: fact() });
  });

  it("of an operator until the provider says its own, or the operator another", async () => {
    const { payments } = given();
    const { payment_id } = await accepted(given(), { key: "an operator's word" });
    const said = fact({ state: "tombstoned", id: "ticket-1", by: "mia" });
    const put_right = fact({ state: "refused", id: "ticket-1", by: "mia" });
    for (const word of [said, put_right, fact()]) {
      expect(await payments.recordFact(payment_id, word)).toEqual({ outcome: "recorded" });
      expect(await factsOf(payment_id)).toEqual({ capture: word });
    }
    expect(await payments.recordFact(payment_id, said)).toEqual({ outcome: "contradicts", kept: fact() });
  });

  it("in place of one in doubt, which itself takes the place of nothing final", async () => {
    const { payments } = given();
    const { payment_id } = await accepted(given(), { key: "a fact in doubt" });
    const doubted = fact({ id: "cap_9", doubt: "it was never asked for" });
    expect(await payments.recordFact(payment_id, doubted)).toEqual({ outcome: "recorded" });
    expect(await payments.recordFact(payment_id, doubted)).toEqual({ outcome: "known" });
    const another = { ...doubted, id: "cap_8" };
    expect(await payments.recordFact(payment_id, another)).toEqual({ outcome: "doubted" });
    expect(await payments.recordFact(payment_id, fact())).toEqual({ outcome: "recorded" });
    expect(await payments.recordFact(payment_id, doubted)).toEqual({ outcome: "doubted" });
    expect(await factsOf(payment_id)).toEqual({ capture: fact() });
  });

  it("that something else was done over a lesser doubt, and no denial over that", async () => {
    const { payments } = given();
    const { payment_id } = await accepted(given(), { key: "a fact that differs" });
    const forged = fact({ id: "cap_9", doubt: "it was never asked for" });
    const other = fact({ amount: 1, doubt: "it says amount 1", differs: true });
    const denial = fact({ state: "refused", id: "cap_3" });
    expect(await payments.recordFact(payment_id, forged)).toEqual({ outcome: "recorded" });
    expect(await payments.recordFact(payment_id, other)).toEqual({ outcome: "recorded" });
    expect(await payments.recordFact(payment_id, forged)).toEqual({ outcome: "doubted" });
    expect(await payments.recordFact(payment_id, denial)).toEqual({ outcome: "contradicts", kept: other });
    const contrary = { outcome: "contradicts", kept: other };
    expect(await payments.recordFact(payment_id, fact({ amount: 9 }))).toEqual(contrary);
    expect(await payments.recordFact(payment_id, fact())).toEqual({ outcome: "known" });
    expect(await payments.recordFact(payment_id, fact({ id: "cap_5" }))).toEqual({ outcome: "recorded" });
    const denied = await accepted(given(), { key: "a denial" });
    await payments.recordFact(denied.payment_id, denial);
    expect(await payments.recordFact(denied.payment_id, other)).toEqual({
      outcome: "contradicts",
      kept: denial,
    });
    const again = fact({ state: "tombstoned", id: "cap_4" });
    expect(await payments.recordFact(denied.payment_id, again)).toEqual({ outcome: "known" });
  });

  it("over the same success that states less, and over an operator's evidence once", async () => {
    const { payments } = given();
    const { payment_id } = await accepted(given(), { key: "a fact completed" });
    const whole = fact({ amount: 1000, currency: "EUR" });
    await payments.recordFact(payment_id, fact());
    expect(await payments.recordFact(payment_id, whole)).toEqual({ outcome: "recorded" });
    expect(await payments.recordFact(payment_id, whole)).toEqual({ outcome: "known" });
    expect(await payments.recordFact(payment_id, fact())).toEqual({ outcome: "known" });
    const curt = await accepted(given(), { key: "a curt fact" });
    await payments.recordFact(curt.payment_id, fact());
    const evidence = fact({ by: "mia" });
    expect(await payments.recordFact(curt.payment_id, evidence)).toEqual({ outcome: "recorded" });
    expect(await payments.recordFact(curt.payment_id, evidence)).toEqual({ outcome: "known" });
  });

  it("beside the other one, once it is disputed: nothing is written until a person has decided", async () => {
    const { payments } = given();
    const payment = await accepted(given(), { key: "a dispute" });
    const { payment_id } = payment;
    const second = fact({ state: "refused" });
    const { operation: _, ...word } = second;
    await payments.recordFact(payment_id, fact());
    await payments.dispute(payment_id, fact(), second);
    await payments.dispute(payment_id, fact(), second);
    const disputed = await payments.load(payment_id);
    expect(disputed).toMatchObject({ disputed: ["capture"], facts: { capture: { contradicted: word } } });
    expect(await payments.recordFact(payment_id, second)).toEqual({ outcome: "known" });
    const guard = { execution: OWNER, acceptsUnclaimed: true } as const;
    expect(await failureOf(payments.mark(payment_id, "tombstone", "capture-payment", guard))).toBe(
      "ContradictionStands",
    );
    await payments.mark(payment_id, "tombstone", "capture-payment", { ...guard, evenDisputed: true });
    const decided = { ...second, by: "mia", overruled: fact() };
    const other = payments.settle(payment_id, decided, [fact({ id: "cap_7" }), second]);
    expect(await failureOf(other)).toBe("StoreContention");
    await payments.settle(payment_id, decided, [fact(), second]);
    await payments.mark(payment_id, "tombstone", "capture-payment", guard);
    expect((await payments.load(payment_id))?.disputed).toBeUndefined();
    expect(await payments.recordFact(payment_id, fact())).toEqual({ outcome: "known" });
  });

  it("and is disputed only beside the word that is kept", async () => {
    const { payments } = given();
    const { payment_id } = await accepted(given(), { key: "no dispute" });
    await payments.recordFact(payment_id, fact());
    const other = payments.dispute(payment_id, fact({ id: "cap_7" }), fact({ state: "refused" }));
    expect(await failureOf(other)).toBe("StoreContention");
    expect((await payments.load(payment_id))?.disputed).toBeUndefined();
  });

  it("that a commit at the same time does not touch", async () => {
    const { payments } = given();
    const payment = await claimed(given(), { key: "a fact beside a commit" });
    const told = fact({ operation: "authorize", id: "auth_1" });
    const [, recorded] = await Promise.all([
      payments.commit(payment, transitions.authorization),
      payments.recordFact(payment.payment_id, told),
    ]);
    expect(recorded).toEqual({ outcome: "recorded" });
    expect(await stored(given(), payment.payment_id)).toMatchObject({
      authorization_id: "auth_1",
      facts: { authorize: told },
    });
  });
}

function describeTransit(given: () => Stores): void {
  const holders = async (after?: Holder, limit = 100) => {
    const shards = Array.from({ length: 16 }, (_, shard) => given().payments.inTransit(shard, limit, after));
    return (await Promise.all(shards)).flat();
  };
  /** Value is asked for, and may be held from then on. */
  const asked = async (key: string) => {
    const { payment_id } = await claimed(given(), { key });
    const guard: Guard = { execution: OWNER, step: "on-ramp", firstIntentOf: "on-ramp" };
    const ask = () => given().payments.mark(payment_id, "intent", "on-ramp", guard);
    const { payment } = await ask();
    const since = new Date(payment.marks.asked["on-ramp"] ?? 0).toISOString();
    return { payment, payment_id, since, ask };
  };
  const leaving: Transition = { ...transitions.authorization, leavesTransit: true };

  it("a payment from when value was first asked for until it leaves", async () => {
    const { payments } = given();
    const { payment, payment_id, since, ask } = await asked("in transit");
    await ask();
    expect(await holders()).toContainEqual({ payment_id, since });
    expect(await stored(given(), payment_id)).toMatchObject({
      payment_id,
      marks: { asked: payment.marks.asked },
      in_transit_since: since,
    });
    await payments.commit(payment, leaving);
    expect((await stored(given(), payment_id)).in_transit_since).toBeUndefined();
    expect(await holders()).not.toContainEqual(expect.objectContaining({ payment_id }));
  });

  it("no payment that asks a provider for something else", async () => {
    const { payment_id } = await claimed(given(), { key: "holds nothing" });
    await given().payments.mark(payment_id, "intent", "authorize-payment", { execution: OWNER });
    expect(await holders()).not.toContainEqual(expect.objectContaining({ payment_id }));
  });

  it("no payment again whose step is done, whoever still means to begin it", async () => {
    const { payments } = given();
    const { payment, payment_id, ask } = await asked("done");
    const changes = { on_ramp_tx_id: "on_1" };
    await payments.commit(payment, { ...leaving, changes, achieves: { done: "on-ramp" } });
    expect(await failureOf(ask())).toBe("StoreContention");
    expect(await holders()).not.toContainEqual(expect.objectContaining({ payment_id }));
  });

  it("those after a holder, of the very same moment too, and no more than asked for", async () => {
    const { payment_id, since } = await asked("held before");
    const itself = { payment_id, since };
    expect(await holders({ since, payment_id: "0" })).toContainEqual(itself);
    expect(await holders(itself)).not.toContainEqual(itself);
    expect(await holders({ since: "2999", payment_id })).toEqual([]);
    expect((await given().payments.inTransit(0, 1)).length).toBeLessThanOrEqual(1);
  });
}
