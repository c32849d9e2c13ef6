// What a store keeps while a provider contradicts itself: both words, and what a person decided.
// Each is written only over the words that were read.
import { expect, it } from "@jest/globals";
import type { Fact, Word } from "../../../functions/lib/domain/provider-fact.ts";
import { accepted, failureOf, type Stores } from "./fixtures.ts";

const KEPT: Fact = { operation: "capture", state: "succeeded", id: "cap_1", at: "2026-01-01T00:00:01.000Z" };
const OTHER: Fact = { ...KEPT, state: "refused", id: "cap_2" };
const { operation: _, ...OTHER_WORD } = OTHER;
const ELSE: [string, Partial<Word>][] = [
  ["another state", { state: "tombstoned" }],
  ["another id", { id: "cap_3" }],
];

export function describeDisputes(given: () => Stores): void {
  /** A payment whose capture is told of by one word, and by both where it is disputed. */
  async function told(key: string, isDisputed: boolean): Promise<string> {
    const { payments } = given();
    const { payment_id } = await accepted(given(), { key });
    await payments.recordFact(payment_id, KEPT);
    if (isDisputed) await payments.dispute(payment_id, KEPT, OTHER);
    return payment_id;
  }
  const captureOf = async (paymentId: string) => (await given().payments.load(paymentId))?.facts?.capture;

  it("the word that contradicted first, though another one comes", async () => {
    const paymentId = await told("contradicted twice", true);
    await given().payments.dispute(paymentId, KEPT, { ...OTHER, id: "cap_9" });
    expect(await captureOf(paymentId)).toEqual({ ...KEPT, contradicted: OTHER_WORD });
  });

  it.each(ELSE)("none beside a kept word of %s than was read", async (what, change) => {
    const paymentId = await told(`disputed with ${what}`, false);
    const late = given().payments.dispute(paymentId, { ...KEPT, ...change }, OTHER);
    expect(await failureOf(late)).toBe("StoreContention");
    expect(await captureOf(paymentId)).toEqual(KEPT);
  });

  it.each<[string, Fact, Fact]>([
    ["the kept word", KEPT, OTHER],
    ["the other word", OTHER, KEPT],
  ])("the decision for %s, and lets the payment go on", async (which, word, overruled) => {
    const paymentId = await told(`decided for ${which}`, true);
    const decided = { ...word, by: "mia", overruled };
    await given().payments.settle(paymentId, decided, [KEPT, OTHER]);
    expect(await captureOf(paymentId)).toEqual(decided);
    expect((await given().payments.load(paymentId))?.disputed).toBeUndefined();
  });

  it.each(
    ELSE.flatMap(([what, change]): [string, string, Word][] => [
      ["kept", what, { ...KEPT, ...change }],
      ["other", what, { ...OTHER, ...change }],
    ]),
  )("no decision against the %s word by %s than was read", async (which, what, overruled) => {
    const paymentId = await told(`decided against the ${which} word by ${what}`, true);
    const between: [Word, Word] = which === "kept" ? [overruled, OTHER] : [KEPT, overruled];
    const late = given().payments.settle(paymentId, { ...OTHER, by: "mia", overruled }, between);
    expect(await failureOf(late)).toBe("StoreContention");
    expect(await captureOf(paymentId)).toEqual({ ...KEPT, contradicted: OTHER_WORD });
  });

  it.each<[string, Partial<Fact>]>([
    ["a provider's", {}],
    ["an operator's", { by: "mia" }],
    ["a differing", { amount: 1, doubt: "it says amount 1", differs: true }],
  ])("no further word over %s word that is contradicted", async (whose, more) => {
    const { payments } = given();
    const { payment_id } = await accepted(given(), { key: `a third word over ${whose}` });
    const kept = { ...KEPT, ...more };
    await payments.recordFact(payment_id, kept);
    await payments.dispute(payment_id, kept, OTHER);
    const both = { ...kept, contradicted: OTHER_WORD };
    const third = { ...KEPT, id: "cap_3", amount: 1000, currency: "EUR" };
    expect(await payments.recordFact(payment_id, third)).toEqual({ outcome: "contradicts", kept: both });
    const more_of_the_first = { ...KEPT, amount: more.amount ?? 1000, currency: "EUR" };
    expect(await payments.recordFact(payment_id, more_of_the_first)).toEqual({ outcome: "known" });
    expect(await captureOf(payment_id)).toEqual(both);
  });

  it("the first of two decisions: the other one finds nothing to decide", async () => {
    const { payments } = given();
    const paymentId = await told("decided twice", true);
    const first = { ...OTHER, by: "mia", overruled: KEPT };
    await payments.settle(paymentId, first, [KEPT, OTHER]);
    const second = payments.settle(paymentId, { ...KEPT, by: "noa", overruled: OTHER }, [KEPT, OTHER]);
    expect(await failureOf(second)).toBe("StoreContention");
    expect(await captureOf(paymentId)).toEqual(first);
  });

  it("no second word over the first of ten that come at once", async () => {
    const { payments } = given();
    const { payment_id } = await accepted(given(), { key: "ten words" });
    await payments.recordFact(payment_id, { ...KEPT, state: "pending" });
    const evidence = (n: number): Fact => ({ ...KEPT, id: `cap_${n}`, doubt: "it was never asked for" });
    await payments.recordFact(payment_id, evidence(0));
    const words = Array.from({ length: 10 }, (_, n) => ({ ...KEPT, id: `cap_${n}` }));
    const outcomes = await Promise.all(words.map((word) => payments.recordFact(payment_id, word)));
    const first = outcomes.findIndex(({ outcome }) => outcome === "recorded");
    expect(await captureOf(payment_id)).toEqual(words[first]);
    const others = outcomes.filter((_, n) => n !== first);
    expect(others).toEqual(others.map(() => ({ outcome: "contradicts", kept: words[first] })));
  });

  it("that a recorded refusal is only doubted, where the decision is that it succeeded", async () => {
    const { payments } = given();
    const paymentId = await told("a refusal withdrawn", true);
    const decided = { ...KEPT, by: "mia", overruled: OTHER };
    const withdrawing = () => payments.settle(paymentId, decided, [KEPT, OTHER], "capture-payment");
    expect(await failureOf(withdrawing())).toBe("StoreContention");
    const failure = { code: "CaptureDeclined", message: "no", step: "capture-payment" };
    const guard = { execution: "nobody", acceptsUnclaimed: true, evenDisputed: true } as const;
    await payments.recordFailure(paymentId, failure, guard);
    await withdrawing();
    const { failure: left, doubted_refusal, disputed } = (await payments.load(paymentId)) ?? {};
    expect([left, doubted_refusal, disputed]).toEqual([undefined, failure, undefined]);
  });

  it("nothing of a payment that is lost, which is not made again by it", async () => {
    const { payments, hand } = given();
    const undisputed = await told("lost before it was disputed", false);
    const disputed = await told("lost before it was decided", true);
    for (const paymentId of [undisputed, disputed]) await hand.losePayment(paymentId);
    const decision = { ...OTHER, by: "mia", overruled: KEPT };
    expect(await failureOf(payments.dispute(undisputed, KEPT, OTHER))).toBe("StoreContention");
    expect(await failureOf(payments.settle(disputed, decision, [KEPT, OTHER]))).toBe("StoreContention");
    for (const paymentId of [undisputed, disputed]) expect(await payments.load(paymentId)).toBeUndefined();
  });
}
