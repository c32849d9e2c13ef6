// What a store judges by when it writes: what is there then, and not what its caller has read. Each
// condition is met alone, while everything else agrees: where two say the same while all is well,
// a hand makes the difference.
import { expect, it } from "@jest/globals";
import type { Guard } from "../../../functions/lib/domain/guard.ts";
import type { PaymentRecord } from "../../../functions/lib/domain/payment.ts";
import type { Fact } from "../../../functions/lib/domain/provider-fact.ts";
import type { Transition } from "../../../functions/lib/domain/transition.ts";
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

const FAILURE = { code: "AmountTooSmall", message: "no", step: "authorize-conversion" } as const;
const DECIDES: Guard = { execution: OWNER, step: "authorize-conversion", decides: "authorize-conversion" };
const CLAIMS: Guard = { ...transitions.claim.guard, decides: "validate-payment" };
/** Of a write that undoes or ends a payment, whoever owns it. */
const UNDOES: Guard = { execution: OWNER, acceptsUnclaimed: true };

const DECLINED = { code: "CardDeclined", message: "no", step: "authorize-payment" } as const;
const TOLD: Fact = { operation: "capture", state: "succeeded", id: "cap_1", at: "2026-01-01T00:00:01.000Z" };

/** The provider says of its own accord what contradicts what it has said. */
async function contradict({ payments }: Stores, paymentId: string): Promise<void> {
  await payments.recordFact(paymentId, TOLD);
  await payments.dispute(paymentId, TOLD, { ...TOLD, state: "refused" });
}

const everything = async (stores: Stores, { payment_id }: PaymentRecord) => ({
  payment: await stored(stores, payment_id),
  events: await stores.payments.events(payment_id),
});

type Meanwhile = (stores: Stores, payment: PaymentRecord) => Promise<unknown>;
type Commit = (payment: PaymentRecord) => Transition;

const holding: Commit = (payment) => ({ ...transitions.holding(payment), guard: DECIDES });

export function describeMoment(given: () => Stores): void {
  it.each<[string, Meanwhile, Commit, string]>([
    [
      "an undo has begun",
      ({ payments }, { payment_id }) =>
        payments.mark(payment_id, "tombstone", "authorize-payment", { execution: OWNER }),
      () => transitions.authorization,
      "UndoStarted",
    ],
    [
      "the merchant withdrew it",
      (stores, { payment_id }) => requestCancel(stores, payment_id),
      (payment) => transitions.posting(payment),
      "CancelRequested",
    ],
    [
      "another execution owns it",
      ({ hand }, { payment_id }) => hand.alter(payment_id, { owner_execution: STRANGER }),
      () => transitions.authorization,
      "Superseded",
    ],
    [
      "another execution owns it, and nobody had to",
      ({ hand }, { payment_id }) => hand.alter(payment_id, { owner_execution: STRANGER }),
      () => transitions.failing,
      "Superseded",
    ],
    [
      "what the commit builds on was undone",
      ({ hand, clock }, { payment_id }) =>
        hand.alter(payment_id, { marks: { undone: { "post-ledger": clock.now() } } }),
      () => ({ ...transitions.authorization, guard: { execution: OWNER, requiresNotUndone: "post-ledger" } }),
      "InvariantBroken",
    ],
    [
      "another try has refused it",
      ({ payments }, { payment_id }) => payments.recordFailure(payment_id, FAILURE, DECIDES),
      holding,
      "StoreContention",
    ],
    [
      "another step was refused, and nothing is decided then",
      ({ payments }, { payment_id }) => payments.recordFailure(payment_id, DECLINED, { execution: OWNER }),
      holding,
      "StoreContention",
    ],
    [
      "its own step was refused, though it decides nothing",
      ({ payments }, { payment_id }) => payments.recordFailure(payment_id, DECLINED, { execution: OWNER }),
      () => transitions.authorization,
      "StoreContention",
    ],
    [
      "the provider contradicts itself",
      (stores, { payment_id }) => contradict(stores, payment_id),
      () => transitions.authorization,
      "ContradictionStands",
    ],
    [
      "it was parked",
      ({ payments }, payment) => payments.commit(payment, transitions.parking),
      () => transitions.failing,
      "StoreContention",
    ],
    [
      "another try has done it",
      ({ hand }, { payment_id }) => hand.alter(payment_id, { held_at: "2026-01-01T00:00:01.000Z" }),
      holding,
      "nothing",
    ],
    [
      "an event stands where its own would",
      ({ hand }, { payment_id, version }) => {
        const { event } = acceptanceFor({ key: "an event stands where its own would" });
        return hand.putEvent({ ...event, payment_id, sequence: version + 1 });
      },
      () => transitions.authorization,
      "StoreContention",
    ],
  ])("and commits nothing where %s since it was read", async (title, meanwhile, transition, outcome) => {
    const read = await claimed(given(), { key: title });
    await meanwhile(given(), read);
    const before = await everything(given(), read);
    expect(await failureOf(given().payments.commit(read, transition(read)))).toBe(outcome);
    expect(await everything(given(), read)).toEqual(before);
  });

  it("and claims no payment that another try has claimed since it was read", async () => {
    const read = await accepted(given(), { key: "claimed by another try" });
    await given().hand.alter(read.payment_id, { owner_execution: OWNER, status: "PROCESSING" });
    const before = await everything(given(), read);
    await given().payments.commit(read, { ...transitions.claim, guard: CLAIMS });
    expect(await everything(given(), read)).toEqual(before);
  });

  it("and goes on from another's commit, though nothing in the trail tells of it", async () => {
    const { payments, hand } = given();
    const read = await claimed(given(), { key: "a commit without its event" });
    const { version } = await payments.commit(read, transitions.authorization);
    await hand.loseEvent(read.payment_id, version);
    const after = await payments.commit(read, transitions.posting(read));
    expect(after).toMatchObject({ version: version + 1, authorization_id: "auth_1" });
    expect(await stored(given(), read.payment_id)).toEqual(after);
  });

  it("and accepts nothing over an acceptance whose payment is lost", async () => {
    const { payments, hand } = given();
    const first = acceptanceFor({ key: "no payment", response: "the first answer" });
    await payments.accept(first);
    const { payment_id } = first.payment;
    await hand.losePayment(payment_id);
    const again = acceptanceFor({ key: "no payment", response: "another answer", requestId: "again" });
    expect(await payments.accept(again)).toMatchObject({ outcome: "known", response: "the first answer" });
    expect(await payments.load(payment_id)).toBeUndefined();
  });

  it("and accepts nothing over a payment whose first event is lost", async () => {
    const { payments, hand } = given();
    const payment = await accepted(given(), { key: "no first event" });
    await hand.loseEvent(payment.payment_id, 1);
    const again = acceptanceFor({ key: "no first event", amount: 2_000n, requestId: "again" });
    expect(await failureOf(payments.accept(again))).toBe("StoreContention");
    expect(await everything(given(), payment)).toEqual({ payment, events: [] });
  });

  it("and releases a reference once, and none that is another payment's by now", async () => {
    const { payments } = given();
    const [key, reference] = ["releases twice", "order-released-twice"];
    const releasing: Transition = {
      ...transitions.authorization,
      achieves: { onlyIfUnchanged: true },
      releasesReference: true,
    };
    const first = await payments.commit(await claimed(given(), { key, reference }), releasing);
    const second = await payments.commit(first, releasing);
    const other = await accepted(given(), { key: `${key}, another`, reference });
    expect(await failureOf(payments.commit(second, transitions.failing))).toBe("InvariantBroken");
    const third = await payments.accept(acceptanceFor({ key: `${key}, a third`, reference }));
    expect(third).toEqual({ outcome: "reference-taken", payment_id: other.payment_id });
  });

  it("and marks or refuses no payment into being", async () => {
    const { payments } = given();
    const { payment_id } = acceptanceFor({ key: "marked and never accepted" }).payment;
    const refuse = () => payments.recordFailure(payment_id, FAILURE, UNDOES);
    const mark = () => payments.mark(payment_id, "tombstone", "post-ledger", UNDOES);
    expect([await failureOf(mark()), await failureOf(refuse())]).toEqual([
      "InvariantBroken",
      "InvariantBroken",
    ]);
    expect(await payments.load(payment_id)).toBeUndefined();
  });

  it("and takes a write that nobody had to claim for from the owner, and from no other", async () => {
    const { payments } = given();
    const { payment_id } = await claimed(given(), { key: "owned, and need not be" });
    const mark = (execution: string) =>
      payments.mark(payment_id, "tombstone", "post-ledger", { ...UNDOES, execution });
    const refuse = (execution: string) =>
      payments.recordFailure(payment_id, FAILURE, { ...UNDOES, execution });
    for (const write of [mark, refuse]) {
      expect(await failureOf(write(STRANGER))).toBe("Superseded");
      expect(await failureOf(write(OWNER))).toBe("nothing");
    }
  });

  it("and refuses nothing while the provider contradicts itself", async () => {
    const { payments } = given();
    const { payment_id } = await claimed(given(), { key: "contradicted before it is refused" });
    await contradict(given(), payment_id);
    const refuse = (more: Partial<Guard>) =>
      failureOf(payments.recordFailure(payment_id, DECLINED, { execution: OWNER, ...more }));
    expect([await refuse({}), await refuse({ evenDisputed: true })]).toEqual([
      "ContradictionStands",
      "nothing",
    ]);
  });

  it("and takes a step's refusal for the answer to its latest request alone", async () => {
    const { payments, clock } = given();
    const { payment_id } = await claimed(given(), { key: "sent again" });
    const send = async (): Promise<number> => {
      await payments.mark(payment_id, "intent", "authorize-payment", { execution: OWNER });
      return clock.now();
    };
    const refused = (at: number) =>
      failureOf(
        payments.recordFailure(payment_id, DECLINED, {
          execution: OWNER,
          isLastIntent: { step: "authorize-payment", at },
        }),
      );
    const first = await send();
    clock.advance(1_000);
    const second = await send();
    expect([await refused(first), await refused(second)]).toEqual(["StoreContention", "nothing"]);
  });

  it("and keeps when a step, and when its undo, first asked, however often they ask", async () => {
    const { payments, clock } = given();
    const { payment_id } = await claimed(given(), { key: "asks again" });
    const first = clock.now();
    const ask = async () => {
      await payments.mark(payment_id, "intent", "authorize-payment", { execution: OWNER });
      await payments.mark(payment_id, "tombstone", "authorize-payment", { execution: OWNER });
    };
    await ask();
    clock.advance(1_000);
    await ask();
    const { marks } = await stored(given(), payment_id);
    const at = (time: number) => ({ "authorize-payment": time });
    expect(marks).toMatchObject({ asked: at(first), undoing: at(first) });
    expect(marks).toMatchObject({ intent: at(first + 1_000), tombstone: at(first + 1_000) });
  });

  it("and keeps since when value is in transit, however often it is asked for", async () => {
    const { payments, clock } = given();
    const { payment_id } = await claimed(given(), { key: "bought again" });
    const ask = () => payments.mark(payment_id, "intent", "on-ramp", { execution: OWNER });
    await ask();
    const { in_transit_since } = await stored(given(), payment_id);
    clock.advance(1_000);
    await ask();
    expect(in_transit_since).toBeDefined();
    expect((await stored(given(), payment_id)).in_transit_since).toBe(in_transit_since);
  });
}
