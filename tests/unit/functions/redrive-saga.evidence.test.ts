// What an operator learned from a provider is taken only where the provider may no longer know, or
// says the same.
import { describe, expect, it, jest } from "@jest/globals";
import { classifyFact, type Fact, keptOf } from "../../../functions/lib/domain/provider-fact.ts";
import { InvariantBroken } from "../../../functions/lib/errors/registry.ts";
import { CardSaga } from "../../support/card-saga.ts";
import { ConversionSaga, OWNER } from "../../support/conversion-saga.ts";
import { MemoryExecutions } from "../../support/memory/memory-executions.ts";
import { operatorNamed, redriveOf } from "../../support/operator.ts";
import { Teller } from "../../support/teller.ts";

const DAY = 86_400_000;
const AT = { state: "ResolveOffRamp", error: "OutcomePending" };

/** A payment whose payout was sent and not answered, parked a day ago: its key has expired. */
async function parked(last: "on-ramp" | "authorize-conversion" = "on-ramp") {
  const saga = await ConversionSaga.after(last);
  const [ramp, step, books] =
    last === "on-ramp"
      ? (["off_ramp", "off-ramp", saga.payer] as const)
      : (["on_ramp", "on-ramp", saga.seller] as const);
  (books as { next(operation: string, ...how: string[]): void }).next(ramp, "lose");
  await saga.fail(step);
  saga.clock.advance(DAY + 2);
  books.books.clear();
  await saga.park(AT);
  const executions = new MemoryExecutions();
  executions.is(OWNER, "FAILED", AT);
  const take = redriveOf(saga, executions);
  const say = (learned: Record<string, unknown>, new_attempt = false) =>
    take({ paymentId: saga.payment_id, operator: operatorNamed("mia"), body: { learned, new_attempt } });
  const factOf = async (operation: "on_ramp" | "off_ramp") => (await saga.payment()).facts?.[operation];
  return { saga, executions, say, factOf };
}

const NEVER = { operation: "off_ramp", state: "tombstoned", id: "ticket-1" };
const refusal = (message: string) => ({
  name: "SagaNotRedrivable",
  message: expect.stringContaining(message),
});

describe("what an operator learned of a key that may have expired", () => {
  it("is a fact in the operator's name, stands in the trail, and the saga goes on with it", async () => {
    const { saga, executions, say, factOf } = await parked();
    await say(NEVER);
    const at = new Date(saga.clock.now()).toISOString();
    expect(await factOf("off_ramp")).toEqual({ ...NEVER, at, by: "mia" });
    expect((await saga.payments.events(saga.payment_id)).at(-1)).toMatchObject({
      type: "payment.resumed",
      data: { operator: "mia", learned: NEVER },
    });
    expect([...saga.operations.kept.values()]).toMatchObject([
      { kind: "redrive", by: "mia", details: { learned: NEVER } },
    ]);
    expect(executions.redriven).toEqual([OWNER]);
    expect(await saga.fail("resolve-off-ramp")).toBe("OutcomeAbsent");
    for (const undo of ["reverse-on-ramp", "release-hold", "fail-payment"] as const) await saga.run(undo);
    expect(await saga.payment()).toMatchObject({ status: "FAILED" });
  });

  it("stands in the trail of a new attempt too", async () => {
    const { saga, say } = await parked();
    await say(NEVER, true);
    expect((await saga.payments.events(saga.payment_id)).at(-1)).toMatchObject({
      type: "payment.attempted",
      data: { learned: NEVER },
    });
  });

  it("completes the payment where it was paid out, to the unit", async () => {
    const { saga, say } = await parked();
    const received = Number((await saga.quote()).payout_amount);
    await say({ operation: "off_ramp", state: "succeeded", id: "off_9", received });
    await saga.run("resolve-off-ramp");
    expect(await saga.payment()).toMatchObject({ off_ramp_tx_id: "off_9" });
  });

  it("is not taken where the amount is another, and names the one that was asked for", async () => {
    const { saga, say } = await parked();
    const received = Number((await saga.quote()).payout_amount);
    const short = { operation: "off_ramp", state: "succeeded", id: "off_9", received: received - 1 };
    await expect(say(short)).rejects.toMatchObject({
      name: "InvalidRequest",
      errors: [{ pointer: "/learned/received", detail: expect.stringContaining(String(received)) }],
    });
    await say({ ...short, received });
    await saga.run("resolve-off-ramp");
  });

  it("may be reported twice, and is then known", async () => {
    const { saga, say } = await parked();
    await say(NEVER);
    const before = (await saga.payment()).facts;
    saga.clock.advance(60_000);
    await say(NEVER);
    expect((await saga.payment()).facts).toEqual(before);
  });

  it("gives way to the provider's own word, and that never to an operator's", async () => {
    const { saga, say } = await parked();
    await say(NEVER);
    const at = new Date(saga.clock.now()).toISOString();
    const told: Fact = { operation: "off_ramp", state: "succeeded", id: "off_1", at, received: 7 };
    expect(await saga.payments.recordFact(saga.payment_id, told)).toEqual({ outcome: "recorded" });
    await saga.park(AT);
    await expect(say({ ...NEVER, id: "ticket-2" })).rejects.toMatchObject(refusal("off_1 succeeded"));
    expect(classifyFact(told, { ...told, state: "refused", by: "mia" })).toBe("contradicts");
  });

  it("forbids what it says never happened before it is kept, for whoever may still try", async () => {
    const { saga, say } = await parked();
    const record = jest.spyOn(saga.payments, "recordFact").mockRejectedValueOnce(new Error("we die here"));
    await expect(say(NEVER)).rejects.toThrow("we die here");
    expect(await saga.fail("off-ramp")).toBe("UndoStarted");
    record.mockRestore();
    await say(NEVER);
  });

  it("waits while a try of ours may still be on its way", async () => {
    const { saga, say, factOf } = await parked();
    const guard = { execution: OWNER, step: "off-ramp" } as const;
    await saga.payments.mark(saga.payment_id, "intent", "off-ramp", guard);
    await expect(say(NEVER)).rejects.toMatchObject(refusal("on its way"));
    expect(await factOf("off_ramp")).toBeUndefined();
    expect((await saga.payment()).marks.tombstone).toEqual({});
    saga.clock.advance(60_000);
    await say(NEVER);
  });

  it("is enough for a sale that nobody can be asked about", async () => {
    const { saga, say } = await parked();
    await say(NEVER);
    await saga.fail("resolve-off-ramp");
    saga.seller.down = true;
    expect(await saga.fail("reverse-on-ramp")).toBe("OutcomeUnknown");
    await saga.park(AT);
    const sold = { operation: "reverse_on_ramp", state: "succeeded", id: "rev_9", received: 970 };
    // However old the purchase: the sale was first asked for just now, and its key is remembered.
    await expect(say(sold)).rejects.toMatchObject(refusal("still remembers"));
    saga.clock.advance(DAY + 2);
    await say(sold);
    await saga.run("reverse-on-ramp");
    expect(saga.inTransit()).toBe(0n);
    expect(saga.sum("house/fx_result", "EUR")).toBe(-25n);
  });
});

describe("a tombstone that a provider set after the key may have expired", () => {
  it("is no word of the provider's: what it reported before stands against an operator", async () => {
    const { saga, say, factOf } = await parked();
    expect(await saga.fail("resolve-off-ramp")).toBe("OutcomePending");
    saga.payer.books.set(saga.key("off_ramp"), { outcome: "tombstoned" });
    const told = await saga.hearsOf("off_ramp", "off_1");
    await saga.park(AT);
    await expect(say(NEVER)).rejects.toMatchObject(refusal("off_1 succeeded"));
    expect(await factOf("off_ramp")).toEqual(told);
  });
});

describe("an operator's denial of what the provider told", () => {
  it("is not taken, and forbids nothing", async () => {
    const { saga, say } = await parked("authorize-conversion");
    const told = await saga.hearsOf("on_ramp", "on_1");
    const never = { operation: "on_ramp", state: "tombstoned", id: "ticket-1" };
    await expect(say(never)).rejects.toMatchObject(refusal("on_1 succeeded"));
    expect(await saga.payment()).toMatchObject({ facts: { on_ramp: told }, marks: { tombstone: {} } });
    saga.seller.down = true;
    await saga.run("resolve-on-ramp");
    await saga.run("off-ramp");
  });
});

describe("a refusal that a provider told, and may have decided anew", () => {
  it("is vouched for by an operator where nobody can be asked any more", async () => {
    const { saga, say, factOf } = await parked();
    saga.payer.nature = { ...saga.payer.nature, keeps_refusals: false };
    await saga.hears({ operation: "off_ramp", state: "refused", id: "off_1" });
    expect(await saga.fail("resolve-off-ramp")).toBe("OutcomePending");
    await saga.park(AT);
    await say(NEVER);
    expect(await factOf("off_ramp")).toMatchObject({ state: "tombstoned", by: "mia" });
    expect(await saga.fail("resolve-off-ramp")).toBe("OutcomeAbsent");
    const told = await parked();
    told.saga.payer.nature = { ...told.saga.payer.nature, keeps_refusals: false };
    await told.saga.hears({ operation: "off_ramp", state: "refused", id: "off_1" });
    await told.say({ ...NEVER, state: "refused" });
    expect(await told.saga.fail("resolve-off-ramp")).toBe("OutcomeAbsent");
  });
});

describe("what a provider reported in part before its key expired", () => {
  it("is put right by an operator in its amount, and in nothing else", async () => {
    const { saga, say } = await parked();
    const received = Number((await saga.quote()).payout_amount);
    await saga.hears({ operation: "off_ramp", state: "succeeded", id: "off_1" });
    expect(await saga.fail("resolve-off-ramp")).toBe("OutcomePending");
    await saga.park(AT);
    const whole = { operation: "off_ramp", state: "succeeded", id: "off_1", received };
    await expect(say({ ...whole, id: "off_2" })).rejects.toMatchObject(refusal("told otherwise"));
    await say(whole);
    await saga.run("resolve-off-ramp");
  });
});

describe("what an operator says of a key that the provider remembers", () => {
  it("is not taken: the provider is asked, and waited for", async () => {
    const { saga, say, factOf } = await parked("authorize-conversion");
    saga.seller.nature = { ...saga.seller.nature, key_ttl_seconds: 10 * 86_400 };
    const never = { operation: "on_ramp", state: "tombstoned", id: "ticket-1" };
    await expect(say(never)).rejects.toMatchObject(refusal("still remembers"));
    saga.seller.down = true;
    await expect(say(never)).rejects.toMatchObject(refusal("still remembers"));
    expect(await factOf("on_ramp")).toBeUndefined();
    expect((await saga.payment()).marks.tombstone).toEqual({});
  });

  it.each(["succeeded", "refused", "pending"] as const)(
    "is not taken against its answer, however old the key: %s",
    async (outcome) => {
      const { saga, say } = await parked();
      const succeeded = { id: "off_1", ...(await saga.saysOf("off_ramp")) };
      const answers = { succeeded, refused: { message: "no" }, pending: {} };
      saga.payer.books.set(saga.key("off_ramp"), { outcome, ...answers[outcome] } as never);
      await expect(say(NEVER)).rejects.toMatchObject(refusal(`it is ${outcome}`));
    },
  );

  it("is taken with the provider's own id and amount where that says the same, and in place of what it reported before", async () => {
    const { saga, say, factOf } = await parked();
    const said = await saga.saysOf("off_ramp");
    const received = Number(said.received);
    await saga.hears({ operation: "off_ramp", state: "succeeded", id: "off_1" });
    saga.payer.books.set(saga.key("off_ramp"), { outcome: "succeeded", id: "off_1", ...said });
    await say({ operation: "off_ramp", state: "succeeded", id: "typed wrong", received });
    const confirmed = { operation: "off_ramp", state: "succeeded", id: "off_1", received };
    expect(await factOf("off_ramp")).toEqual({
      ...confirmed,
      ...keptOf({ id: "off_1", ...said }),
      at: new Date(saga.clock.now()).toISOString(),
    });
    expect((await saga.payments.events(saga.payment_id)).at(-1)?.data).toMatchObject({
      operator: "mia",
      learned: confirmed,
    });
    await say({ operation: "off_ramp", state: "succeeded", id: "typed wrong", received });
    await saga.run("resolve-off-ramp");
  });
});

/** It paid out one unit less, says so, and remembers it. */
async function short() {
  const saga = await ConversionSaga.after("on-ramp");
  const said = await saga.saysOf("off_ramp");
  const gave = { outcome: "succeeded", id: "off_1", ...said, received: said.received - 1n } as const;
  saga.payer.next("off_ramp", "unavailable");
  await saga.fail("off-ramp");
  saga.payer.books.set(saga.key("off_ramp"), gave);
  expect(await saga.fail("off-ramp")).toBe("AnswerDiffers");
  await saga.park({ state: "OffRamp", error: "AnswerDiffers" });
  const executions = new MemoryExecutions();
  executions.is(OWNER, "FAILED", { state: "OffRamp", error: "AnswerDiffers" });
  const take = redriveOf(saga, executions);
  const say = (learned: Record<string, unknown>) =>
    take({ paymentId: saga.payment_id, operator: operatorNamed("mia"), body: { learned } });
  return { saga, say, received: Number(said.received) };
}

describe("what a ramp did instead of what it was asked for", () => {
  it("is settled with it by people: it makes good, and the payment completes", async () => {
    const { saga, say, received } = await short();
    await say({ operation: "off_ramp", state: "succeeded", id: "off_1", received });
    await saga.run("off-ramp");
    expect(await saga.payment()).toMatchObject({ off_ramp_tx_id: "off_1" });
  });

  it("or it takes that back, and the payment is undone", async () => {
    const { saga, say } = await short();
    saga.clock.advance(60_000);
    await say({ operation: "off_ramp", state: "tombstoned", id: "ticket-1" });
    expect(await saga.fail("resolve-off-ramp")).toBe("OutcomeAbsent");
    for (const undo of ["reverse-on-ramp", "release-hold", "fail-payment"] as const) await saga.run(undo);
    expect(await saga.payment()).toMatchObject({ status: "FAILED" });
  });
});

describe("what a person settled with a provider that did something else", () => {
  it("is no finding again when that is told once more, before the end and after it", async () => {
    const { saga, say, received } = await short();
    await say({ operation: "off_ramp", state: "succeeded", id: "off_1", received });
    const teller = new Teller(saga);
    const { amount, currency, received_currency: receive_currency } = await saga.saysOf("off_ramp");
    const told = { id: "off_1", amount: Number(amount), currency, receive_currency };
    const tell = () => teller.tells("off_ramp", "succeeded", { ...told, receive_amount: received - 1 });
    expect(await tell()).toMatchObject({ outcome: "known", disagreements: [] });
    for (const step of ["off-ramp", "post-ledger", "notify-payment"] as const) await saga.run(step);
    expect(await tell()).toMatchObject({ outcome: "known", disagreements: [] });
    expect(teller.found()).toEqual([]);
  });

  it("is one where nobody has settled it, however often it is told", async () => {
    const { saga, received } = await short();
    const teller = new Teller(saga);
    const told = { id: "off_1", receive_amount: received - 1, receive_currency: "JPY" };
    for (let time = 0; time < 2; time++) await teller.tells("off_ramp", "succeeded", told);
    expect(teller.found()).toEqual([
      expect.stringContaining(`receive_amount ${received - 1}, and ${received}`),
    ]);
  });
});

describe("an operator's word is refused", () => {
  it.each([
    [
      "an operation that was never asked for",
      { operation: "reverse_on_ramp", state: "succeeded", id: "x", received: 1 },
    ],
    ["an operation of the other rail", { ...NEVER, operation: "capture" }],
    ["a state that is no last word", { ...NEVER, state: "pending" }],
    ["an undo that is to be tried again", { operation: "void", state: "refused", id: "x" }],
    ["nothing to find it by", { operation: "off_ramp", state: "tombstoned" }],
    ["a payout without its amount", { operation: "off_ramp", state: "succeeded", id: "off_1" }],
    ["an amount of what never happened", { ...NEVER, received: 1 }],
  ])("of %s, and nothing is kept or redriven", async (_, wrong) => {
    const { saga, executions, say } = await parked();
    await expect(say(wrong)).rejects.toMatchObject({ name: "InvalidRequest" });
    expect((await saga.payment()).facts).toBeUndefined();
    expect(executions.redriven).toEqual([]);
  });

  it("of a payment that is not parked", async () => {
    const { saga, say } = await parked();
    saga.payments.alter(saga.payment_id, { status: "PROCESSING" });
    await expect(say(NEVER)).rejects.toMatchObject(refusal("not parked"));
    expect(saga.operations.kept.size).toBe(0);
  });

  it("of a payment that the sweep took up while the provider was asked", async () => {
    const { saga, say, factOf } = await parked();
    jest.spyOn(saga.payer, "find").mockImplementationOnce(async () => {
      saga.payments.alter(saga.payment_id, { status: "PROCESSING", version: 99 });
      return { outcome: "absent" };
    });
    await expect(say(NEVER)).rejects.toMatchObject({ name: "StoreContention" });
    expect(await factOf("off_ramp")).toBeUndefined();
    expect((await saga.payment()).marks.tombstone).toEqual({});
  });

  it("of a payment that a new attempt took over before it was forbidden, and nothing is forbidden to that one", async () => {
    const { saga, say, factOf } = await parked();
    const mark = saga.payments.mark.bind(saga.payments);
    jest.spyOn(saga.payments, "mark").mockImplementationOnce(async (...asked) => {
      saga.payments.alter(saga.payment_id, { owner_execution: `${saga.payment_id}-a2` });
      return mark(...asked);
    });
    await expect(say(NEVER)).rejects.toMatchObject(refusal("took the payment over"));
    expect(await factOf("off_ramp")).toBeUndefined();
    expect((await saga.payment()).marks.tombstone).toEqual({});
  });

  it("with a defect, and not as if a new attempt had taken over, when the mark meets one", async () => {
    const { saga, say } = await parked();
    jest.spyOn(saga.payments, "mark").mockRejectedValueOnce(new InvariantBroken("no such mark"));
    await expect(say(NEVER)).rejects.toMatchObject({ name: "InvariantBroken" });
  });

  it("of what our own record has decided: done, refused, or undone with what it stands on", async () => {
    const done = await parked();
    done.saga.payments.alter(done.saga.payment_id, { off_ramp_tx_id: "off_1" });
    await expect(done.say(NEVER)).rejects.toMatchObject(refusal("in doubt no more"));
    const refused = await parked();
    const failure = { code: "OffRampDeclined", message: "no", step: "off-ramp" };
    refused.saga.payments.alter(refused.saga.payment_id, { failure });
    await expect(refused.say(NEVER)).rejects.toMatchObject(refusal("in doubt no more"));
    const undone = await parked();
    const { marks } = await undone.saga.payment();
    undone.saga.payments.alter(undone.saga.payment_id, { marks: { ...marks, undone: { "on-ramp": 1 } } });
    await expect(
      undone.say({ operation: "off_ramp", state: "succeeded", id: "off_1", received: 1 }),
    ).rejects.toMatchObject(refusal("in doubt no more"));
  });
});

describe("a payout that is reported after its USDC was sold back", () => {
  it("is a defect, and never completes the payment", async () => {
    const { saga, say } = await parked();
    await say(NEVER);
    await saga.fail("resolve-off-ramp");
    await saga.run("reverse-on-ramp");
    await saga.hearsOf("off_ramp", "off_1");
    saga.payer.down = true;
    expect(await saga.fail("resolve-off-ramp")).toBe("InvariantBroken");
    expect((await saga.payment()).off_ramp_tx_id).toBeUndefined();
  });
});

describe("a capture that is reported after its ledger posting was reversed", () => {
  it("contradicts the tombstone, and never completes the payment", async () => {
    const saga = await CardSaga.after("post-ledger");
    saga.provider.next("capture", "unavailable");
    await saga.fail("capture-payment");
    expect(await saga.fail("resolve-capture")).toBe("OutcomeAbsent");
    await saga.run("reverse-ledger");
    await saga.hears({
      operation: "capture",
      state: "succeeded",
      id: "cap_1",
    });
    expect(await saga.fail("resolve-capture")).toBe("ContradictionStands");
    expect(await saga.payment()).toMatchObject({ status: "PROCESSING", disputed: ["capture"] });
  });
});
