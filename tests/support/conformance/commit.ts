// What a commit must do: state, event and journals in one write or not at all, once, whoever else
// is writing.
import { expect, it } from "@jest/globals";
import type { PaymentRecord } from "../../../functions/lib/domain/payment.ts";
import type { Transition } from "../../../functions/lib/domain/transition.ts";
import {
  accepted,
  byHand,
  claimed,
  failureOf,
  funded,
  requestCancel,
  STRANGER,
  type Stores,
  sequencesIn,
  stored,
  transitions,
} from "./fixtures.ts";

/** Everything that a commit may touch, to be compared before and after. */
async function everything(stores: Stores, { payment_id }: PaymentRecord) {
  const { payments, ledger } = stores;
  return {
    payment: await stored(stores, payment_id),
    events: await payments.events(payment_id),
    journal: await ledger.journal(`${payment_id}:post-ledger`),
  };
}

const sequencesOf = async ({ payments }: Stores, { payment_id }: PaymentRecord): Promise<number[]> =>
  sequencesIn(await payments.events(payment_id));

export function describeCommit(given: () => Stores): void {
  it("state and event together, and counts versions without a gap", async () => {
    const { payments } = given();
    const payment = await accepted(given(), { key: "a trail", metadata: { order: "1" } });
    const one = await payments.commit(payment, transitions.claim);
    const two = await payments.commit(one, transitions.authorization);
    const three = await payments.commit(two, transitions.posting(two));
    expect([one, two, three].map(({ version }) => version)).toEqual([2, 3, 4]);
    expect(three).toEqual(await stored(given(), payment.payment_id));
    expect(three).toMatchObject({
      status: "PROCESSING",
      step: "post-ledger",
      authorization_id: "auth_1",
      fee: 15n,
    });
    const events = await payments.events(payment.payment_id);
    expect(events.map(({ event_id, type }) => `${event_id.split(":")[1]} ${type}`)).toEqual([
      "1 payment.accepted",
      "2 payment.validated",
      "3 payment.authorized",
      "4 payment.posted",
    ]);
    expect(events.at(-1)).toMatchObject({
      event_id: `${payment.payment_id}:4`,
      occurred_at: three.updated_at,
      status: "PROCESSING",
      data: transitions.posting(two).event.data,
    });
  });

  it("journals beside the state, to be read as they were written", async () => {
    const payment = await claimed(given(), { key: "a journal", amount: 999_999_999_999n });
    const { journals } = transitions.posting(payment);
    await given().payments.commit(payment, transitions.posting(payment));
    expect(await given().ledger.journal(`${payment.payment_id}:post-ledger`)).toMatchObject({
      ...journals[0],
    });
  });

  it("what an earlier try committed no second time, whether or not it has read the payment again", async () => {
    const { payments } = given();
    const payment = await claimed(given(), { key: "once only" });
    const done = await payments.commit(payment, transitions.posting(payment));
    const before = await everything(given(), payment);
    expect(await payments.commit(payment, transitions.posting(payment))).toEqual(done);
    expect(await payments.commit(done, transitions.posting(payment))).toEqual(done);
    expect(await everything(given(), payment)).toEqual(before);
  });

  it("an own result even after the payment was withdrawn", async () => {
    const { payments } = given();
    const payment = await claimed(given(), { key: "done, then withdrawn" });
    await payments.commit(payment, transitions.posting(payment));
    await requestCancel(given(), payment.payment_id);
    expect(await failureOf(payments.commit(payment, transitions.posting(payment)))).toBe("nothing");
  });

  it("the undoing of a step once, with the moment of it", async () => {
    const { payments } = given();
    const payment = await claimed(given(), { key: "undone" });
    const undoing: Transition = {
      ...transitions.authorization,
      changes: {},
      step: "void-authorization",
      event: { type: "payment.voided", data: {} },
      achieves: { undone: "authorize-payment" },
    };
    const undone = await payments.commit(payment, undoing);
    expect(undone.marks.undone["authorize-payment"]).toBe(Date.parse(undone.updated_at));
    expect(await payments.commit(payment, undoing)).toEqual(undone);
    expect(await stored(given(), payment.payment_id)).toEqual(undone);
  });

  it("nothing when a journal stands that the payment does not know of", async () => {
    const payment = await claimed(given(), { key: "a foreign journal" });
    const transition = transitions.posting(payment);
    for (const journal of transition.journals) await given().ledger.post(journal, byHand(journal));
    const before = await everything(given(), payment);
    expect(await failureOf(given().payments.commit(payment, transition))).toBe("InvariantBroken");
    expect(await everything(given(), payment)).toEqual(before);
  });

  it("nothing that the order of statuses forbids", async () => {
    const payment = await accepted(given(), { key: "too early" });
    const failed = await given().payments.commit(payment, transitions.failing);
    const before = await everything(given(), payment);
    const late = { ...transitions.claim };
    expect(await failureOf(given().payments.commit(failed, late))).toBe("InvariantBroken");
    expect(await everything(given(), payment)).toEqual(before);
  });

  it("no event that breaks its schema", async () => {
    const payment = await claimed(given(), { key: "a broken event" });
    const event = { type: "payment.posted", data: { journal_id: "j", fee: -1 } } as const;
    const before = await everything(given(), payment);
    const transition = { ...transitions.posting(payment), event };
    expect(await failureOf(given().payments.commit(payment, transition))).toBe("ContractViolated");
    expect(await everything(given(), payment)).toEqual(before);
  });

  it("two different transitions that race, both of them", async () => {
    const payment = await claimed(given(), { key: "a race of two" });
    await Promise.all([
      given().payments.commit(payment, transitions.authorization),
      given().payments.commit(payment, transitions.posting(payment)),
    ]);
    expect(await stored(given(), payment.payment_id)).toMatchObject({
      authorization_id: "auth_1",
      fee: 15n,
      version: 4,
    });
    expect(await sequencesOf(given(), payment)).toEqual([1, 2, 3, 4]);
  });

  it("what holds only of the payment as it was read, once and of no later one", async () => {
    const { payments } = given();
    const payment = await claimed(given(), { key: "as read" });
    const parked = await payments.commit(payment, transitions.parking);
    expect(parked).toMatchObject({ status: "IN_REVIEW", version: 3, step: "validate-payment" });
    expect(await stored(given(), payment.payment_id)).toEqual(parked);
    const before = await everything(given(), payment);
    expect(await failureOf(payments.commit(payment, transitions.parking))).toBe("StoreContention");
    expect(await everything(given(), payment)).toEqual(before);
  });

  it("a judgement of what was read for one of ten who judge at once", async () => {
    const payment = await claimed(given(), { key: "ten judges" });
    const outcomes = await Promise.all(
      Array.from({ length: 10 }, () => failureOf(given().payments.commit(payment, transitions.parking))),
    );
    expect(outcomes.filter((outcome) => outcome === "nothing")).toHaveLength(1);
    expect(outcomes.filter((outcome) => outcome === "StoreContention")).toHaveLength(9);
    expect(await sequencesOf(given(), payment)).toEqual([1, 2, 3]);
  });

  it("another owner and the number of its attempt, and refuses the one before from then on", async () => {
    const { payments } = given();
    const payment = await claimed(given(), { key: "another owner" });
    const taken = await payments.commit(payment, transitions.takeover);
    expect(taken).toMatchObject({ owner_execution: STRANGER, attempts: 2, status: "PROCESSING" });
    expect(await stored(given(), payment.payment_id)).toEqual(taken);
    expect(await failureOf(payments.commit(payment, transitions.authorization))).toBe("Superseded");
    expect(await stored(given(), payment.payment_id)).toEqual(taken);
  });

  it("one transition that ten make at once, once", async () => {
    const payment = await claimed(given(), { key: "a race of one" });
    const transition = transitions.posting(payment);
    const results = await Promise.all(
      Array.from({ length: 10 }, () => given().payments.commit(payment, transition)),
    );
    const final = await stored(given(), payment.payment_id);
    expect(results).toEqual(results.map(() => final));
    expect(await sequencesOf(given(), payment)).toEqual([1, 2, 3]);
  });

  it("a claim for one of two executions", async () => {
    const { payments } = given();
    const payment = await accepted(given(), { key: "two claims" });
    const claimFor = (execution: string): Transition => ({
      ...transitions.claim,
      guard: { ...transitions.claim.guard, execution },
      changes: { owner_execution: execution },
      event: { type: "payment.validated", data: { execution, destination_account: "settlement" } },
    });
    await Promise.all(["a", "b"].map((execution) => payments.commit(payment, claimFor(execution))));
    const { owner_execution = "nobody" } = await stored(given(), payment.payment_id);
    const events = await payments.events(payment.payment_id);
    expect(events.map(({ type }) => type)).toEqual(["payment.accepted", "payment.validated"]);
    expect(events.at(-1)?.data).toMatchObject({ execution: owner_execution });
  });

  it("debits while there are funds: five of twenty at once, and of the others nothing", async () => {
    const account = await funded(given(), "guarded-five", "forbid", 5_000n);
    const made = await Promise.all(
      Array.from({ length: 20 }, (_, n) => claimed(given(), { key: `debit ${n}` })),
    );
    const debit = { account, currency: "EUR", amount: 1_000n };
    const outcomes = await Promise.all(
      made.map((one) => failureOf(given().payments.commit(one, transitions.posting(one, [debit])))),
    );
    expect(outcomes.filter((outcome) => outcome === "nothing")).toHaveLength(5);
    expect(outcomes.filter((outcome) => outcome === "InsufficientFunds")).toHaveLength(15);
    for (const [index, payment] of made.entries()) {
      if (outcomes[index] === "nothing") continue;
      expect(await stored(given(), payment.payment_id)).toEqual(payment);
      expect(await given().ledger.journal(`${payment.payment_id}:post-ledger`)).toBeUndefined();
    }
  });

  it("no debit of an account that never had funds, nor in another currency", async () => {
    const account = await funded(given(), "guarded-eur", "forbid", 5_000n);
    const payment = await claimed(given(), { key: "no funds" });
    const tryDebit = (debit: { account: string; currency: string }) =>
      failureOf(given().payments.commit(payment, transitions.posting(payment, [{ ...debit, amount: 1n }])));
    expect(await tryDebit({ account, currency: "USD" })).toBe("InsufficientFunds");
    expect(await tryDebit({ account: `${account}-unknown`, currency: "EUR" })).toBe("InsufficientFunds");
    expect(await tryDebit({ account, currency: "EUR" })).toBe("nothing");
  });

  it("a debit once, however often the commit is tried", async () => {
    const account = await funded(given(), "guarded-once", "forbid", 2_000n);
    const debit = { account, currency: "EUR", amount: 1_000n };
    const [first, second, third] = await Promise.all(
      ["one", "two", "three"].map((n) => claimed(given(), { key: `debit once ${n}` })),
    );
    if (!first || !second || !third) throw new Error("three payments were claimed");
    const commit = (payment: PaymentRecord) =>
      failureOf(given().payments.commit(payment, transitions.posting(payment, [debit])));
    expect([await commit(first), await commit(first), await commit(first)]).toEqual([
      "nothing",
      "nothing",
      "nothing",
    ]);
    expect([await commit(second), await commit(third)]).toEqual(["nothing", "InsufficientFunds"]);
  });

  it("all debits of a payment or none", async () => {
    const rich = await funded(given(), "guarded-rich", "forbid", 1_000n);
    const poor = await funded(given(), "guarded-poor", "forbid", 10n);
    const [first, second] = await Promise.all(
      ["a", "b"].map((n) => claimed(given(), { key: `two debits ${n}` })),
    );
    if (!first || !second) throw new Error("two payments were claimed");
    const debit = (account: string) => ({ account, currency: "EUR", amount: 1_000n });
    const both = transitions.posting(first, [debit(rich), debit(poor)]);
    expect(await failureOf(given().payments.commit(first, both))).toBe("InsufficientFunds");
    const one = transitions.posting(second, [debit(rich)]);
    expect(await failureOf(given().payments.commit(second, one))).toBe("nothing");
  });
}
