// A provider that says two things of one operation stops what cannot be taken back, until a person
// names the word that holds.
import { describe, expect, it } from "@jest/globals";
import { verifyIntegrity } from "../../../../functions/verify-integrity/verify-integrity.ts";
import { CardSaga } from "../../../support/card-saga.ts";
import { ConversionSaga, OWNER } from "../../../support/conversion-saga.ts";
import { MemoryExecutions } from "../../../support/memory/memory-executions.ts";
import { operatorNamed, redriveOf } from "../../../support/operator.ts";
import { Teller } from "../../../support/teller.ts";

const AT = { state: "ResolveOffRamp", error: "ContradictionStands" };

/** The payout's own answer was lost, and it is told refused. `paid` is what a success says. */
async function toldRefused() {
  const saga = await ConversionSaga.after("on-ramp");
  const teller = new Teller(saga);
  saga.payer.next("off_ramp", "lose");
  await saga.fail("off-ramp");
  const { amount, currency, received, received_currency } = await saga.saysOf("off_ramp");
  const gave = { receive_amount: Number(received), receive_currency: received_currency };
  const paid = { id: `off-${saga.key("off_ramp")}`, amount: Number(amount), currency, ...gave };
  await teller.tells("off_ramp", "refused", { id: "off_1" });
  return { saga, teller, paid };
}

/** The payout is told refused, then succeeded; its own answer was lost. */
async function contradicted() {
  const { saga, teller, paid } = await toldRefused();
  const second = await teller.tells("off_ramp", "succeeded", paid);
  return { saga, teller, second, paid };
}

function operatorOf(saga: ConversionSaga) {
  const executions = new MemoryExecutions();
  executions.is(OWNER, "FAILED", AT);
  const take = redriveOf(saga, executions);
  const say = (body: Record<string, unknown>) =>
    take({ paymentId: saga.payment_id, operator: operatorNamed("mia"), body });
  return { executions, say };
}

describe("a second word that contradicts the first", () => {
  it("is kept beside it, opens a finding that names both, and shows on the payment", async () => {
    const { saga, teller, second, paid } = await contradicted();
    expect(second.outcome).toBe("contradicts");
    expect(teller.found()).toEqual([
      `the provider said off_ramp off_1 refused first, and now off_ramp ${paid.id} succeeded`,
    ]);
    expect(await saga.payment()).toMatchObject({
      disputed: ["off_ramp"],
      facts: {
        off_ramp: { state: "refused", id: "off_1", contradicted: { state: "succeeded", id: paid.id } },
      },
    });
  });

  it.each(["off-ramp", "resolve-off-ramp", "reverse-on-ramp", "release-hold", "fail-payment"] as const)(
    "stops %s, which asks nobody",
    async (task) => {
      const { saga } = await contradicted();
      const asked = saga.asked().length;
      expect(await saga.fail(task)).toBe("ContradictionStands");
      expect(saga.asked()).toHaveLength(asked);
      expect(saga.inTransit()).toBeGreaterThan(0n);
    },
  );

  it.each([
    "authorize-payment",
    "post-ledger",
    "capture-payment",
    "resolve-capture",
    "reverse-ledger",
    "void-authorization",
    "fail-payment",
  ] as const)("stops %s of a card payment", async (task) => {
    const saga = await CardSaga.after("post-ledger");
    const teller = new Teller(saga);
    saga.provider.next("capture", "lose");
    await saga.fail("capture-payment");
    await teller.tells("capture", "refused", { id: "cap_1" });
    await teller.tells("capture", "succeeded", { id: "cap_1", amount: 1000, currency: "EUR" });
    expect(await saga.fail(task)).toBe("ContradictionStands");
  });

  it("stops an undo that is on its way: what it did is not recorded", async () => {
    const saga = await ConversionSaga.after("on-ramp");
    const teller = new Teller(saga);
    saga.payer.next("off_ramp", "lose");
    await saga.fail("off-ramp");
    await teller.tells("off_ramp", "refused", { id: "off_1" });
    await saga.fail("resolve-off-ramp");
    const sell = saga.seller.reverseOnRamp.bind(saga.seller);
    saga.seller.reverseOnRamp = async (request) => {
      await teller.tells("off_ramp", "succeeded", {
        id: "off_1",
        receive_amount: Number(await saga.asksOf("off_ramp")),
      });
      return sell(request);
    };
    expect(await saga.fail("reverse-on-ramp")).toBe("ContradictionStands");
    expect(await saga.fail("release-hold")).toBe("ContradictionStands");
  });

  it("is not closed by integrity, however the payment has ended", async () => {
    const saga = await CardSaga.after("notify-payment");
    const { capture_id: id } = await saga.payment();
    saga.payments.alter(saga.payment_id, { capture_id: "elsewhere" });
    const teller = new Teller(saga);
    await teller.tells("capture", "succeeded", { id, amount: 1000, currency: "EUR" });
    saga.payments.alter(saga.payment_id, { capture_id: id ?? "" });
    await teller.tells("capture", "refused", { id });
    const { payments, ledger, verifications, clock } = saga;
    for (const journal of payments.journals.values()) await ledger.fold([journal]);
    const verify = verifyIntegrity({ payments, ledger, verifications, clock, findings: teller.findings });
    const last = (await payments.events(saga.payment_id)).at(-1);
    expect(await verify(last as never, 3)).toBe("finding");
  });

  it("is none where the same is told again, nor where a pending one follows", async () => {
    const { saga, teller, paid } = await contradicted();
    expect(await teller.tells("off_ramp", "refused", { id: "off_1" })).toMatchObject({ outcome: "known" });
    expect(await teller.tells("off_ramp", "succeeded", paid)).toMatchObject({ outcome: "known" });
    expect(await teller.tells("off_ramp", "pending", { id: "off_1" })).toMatchObject({ outcome: "known" });
    expect((await saga.payment()).disputed).toEqual(["off_ramp"]);
  });
});

/** The payout was asked for and did nothing, and it is told that it succeeded. */
async function toldOfNothing() {
  const saga = await ConversionSaga.after("on-ramp");
  saga.payer.next("off_ramp", "unavailable");
  await saga.fail("off-ramp");
  const { amount, currency, received, received_currency } = await saga.saysOf("off_ramp");
  const gave = { receive_amount: Number(received), receive_currency: received_currency };
  const paid = { id: "off_forged", amount: Number(amount), currency, ...gave };
  await new Teller(saga).tells("off_ramp", "succeeded", paid);
  // The policy then says that it is not tried again.
  saga.clock.advance(600_000);
  return saga;
}

describe("a success that was told, and that the provider denies", () => {
  it("is forbidden, and its tombstone contradicts it: nothing is paid or taken back", async () => {
    const saga = await toldOfNothing();
    expect(await saga.fail("off-ramp")).toBe("OutcomeUnknown");
    expect(await saga.fail("resolve-off-ramp")).toBe("ContradictionStands");
    expect(await saga.fail("reverse-on-ramp")).toBe("ContradictionStands");
    expect((await saga.payment()).disputed).toEqual(["off_ramp"]);
    expect([saga.calls("off_ramp"), saga.calls("reverse_on_ramp")]).toEqual([1, 0]);
  });

  it("is decided by a person: it never happened, and the payment is undone", async () => {
    const saga = await toldOfNothing();
    await saga.fail("resolve-off-ramp");
    await saga.park(AT);
    saga.clock.advance(60_000);
    const learned = { operation: "off_ramp", state: "tombstoned", id: saga.key("off_ramp") };
    await operatorOf(saga).say({ learned });
    expect(await saga.fail("resolve-off-ramp")).toBe("OutcomeAbsent");
    for (const undo of ["reverse-on-ramp", "release-hold", "fail-payment"] as const) await saga.run(undo);
    expect(await saga.payment()).toMatchObject({ status: "FAILED" });
  });

  it("is believed where the provider, asked for a tombstone, finds it", async () => {
    const saga = await toldOfNothing();
    const paid = await saga.saysOf("off_ramp");
    saga.payer.tombstone = async () => ({ ...paid, outcome: "succeeded", id: "off_forged" });
    await saga.run("resolve-off-ramp");
    expect((await saga.payment()).off_ramp_tx_id).toBe("off_forged");
  });

  it("is disputed where the provider then finds another one", async () => {
    const saga = await toldOfNothing();
    const paid = await saga.saysOf("off_ramp");
    saga.payer.tombstone = async () => ({ ...paid, outcome: "succeeded", id: "off_other" });
    expect(await saga.fail("resolve-off-ramp")).toBe("ContradictionStands");
  });
});

describe("the way out of a contradiction", () => {
  it("is that a person names the word that holds: paid out, and the payment completes", async () => {
    const { saga, paid } = await contradicted();
    await saga.park(AT);
    const { say, executions } = operatorOf(saga);
    const learned = { operation: "off_ramp", state: "succeeded", id: paid.id, received: paid.receive_amount };
    await say({ learned });
    expect(executions.redriven).toEqual([OWNER]);
    expect(await saga.payment()).toMatchObject({
      status: "PROCESSING",
      facts: { off_ramp: { by: "mia", state: "succeeded", overruled: { state: "refused", id: "off_1" } } },
    });
    expect((await saga.payments.events(saga.payment_id)).at(-1)?.data).toMatchObject({
      operator: "mia",
      learned,
    });
    await saga.run("resolve-off-ramp");
    await saga.run("post-ledger");
    await saga.run("notify-payment");
    expect(await saga.payment()).toMatchObject({ status: "COMPLETED", off_ramp_tx_id: paid.id });
  });

  it("or refused, and the payment is undone; the overruled word is no news when it comes again", async () => {
    const { saga, teller, paid } = await contradicted();
    await saga.park(AT);
    const learned = { operation: "off_ramp", state: "refused", id: "off_1" };
    saga.clock.advance(60_000);
    await operatorOf(saga).say({ learned });
    expect(await teller.tells("off_ramp", "succeeded", paid)).toMatchObject({ outcome: "known" });
    expect(await saga.fail("resolve-off-ramp")).toBe("OutcomeAbsent");
    for (const undo of ["reverse-on-ramp", "release-hold", "fail-payment"] as const) await saga.run(undo);
    expect(await saga.payment()).toMatchObject({ status: "FAILED" });
  });

  it("is said twice without harm", async () => {
    const { saga } = await contradicted();
    await saga.park(AT);
    saga.clock.advance(60_000);
    const learned = { operation: "off_ramp", state: "refused", id: "off_1" };
    const { say } = operatorOf(saga);
    await say({ learned });
    await saga.park(AT);
    await say({ learned });
    expect((await saga.payment()).disputed).toBeUndefined();
  });

  it("is decided once: the word that was decided against is not taken afterwards", async () => {
    const { saga, paid } = await contradicted();
    await saga.park(AT);
    saga.clock.advance(60_000);
    const { say, executions } = operatorOf(saga);
    await say({ learned: { operation: "off_ramp", state: "refused", id: "off_1" } });
    await saga.park(AT);
    const other = { operation: "off_ramp", state: "succeeded", id: paid.id, received: paid.receive_amount };
    await expect(say({ learned: other })).rejects.toMatchObject({
      name: "SagaNotRedrivable",
      message: "mia decided that it is refused",
    });
    expect(executions.redriven).toEqual([OWNER]);
    expect((await saga.payment()).facts?.off_ramp).toMatchObject({ state: "refused", by: "mia" });
  });

  it("is not taken before the payment is parked, though one of the words is named", async () => {
    const { saga, paid } = await contradicted();
    const { say } = operatorOf(saga);
    for (const learned of [
      { operation: "off_ramp", state: "refused", id: "off_1" },
      { operation: "off_ramp", state: "succeeded", id: paid.id, received: paid.receive_amount },
    ])
      await expect(say({ learned })).rejects.toMatchObject({
        name: "SagaNotRedrivable",
        message: expect.stringContaining("not parked"),
      });
    expect((await saga.payment()).disputed).toEqual(["off_ramp"]);
  });

  it("is not that what was asked for was done, where the ramp gave another amount", async () => {
    const { saga, teller, paid } = await toldRefused();
    const gave = paid.receive_amount - 7;
    await teller.tells("off_ramp", "succeeded", { ...paid, receive_amount: gave });
    await saga.park(AT);
    const { say } = operatorOf(saga);
    const learned = { operation: "off_ramp", state: "succeeded", id: paid.id };
    await expect(say({ learned: { ...learned, received: gave } })).rejects.toMatchObject({
      name: "InvalidRequest",
      errors: [{ pointer: "/learned/received" }],
    });
    await say({ learned: { ...learned, received: paid.receive_amount } });
    await saga.run("resolve-off-ramp");
    expect(await saga.payment()).toMatchObject({ off_ramp_tx_id: paid.id });
  });

  it.each([900, 980])("is the price of a sale that was told at two, %i of them", async (received) => {
    const saga = await ConversionSaga.after("on-ramp");
    const teller = new Teller(saga);
    await saga.requestCancel();
    for (const task of ["off-ramp", "resolve-off-ramp"] as const) await saga.fail(task);
    saga.seller.next("reverse_on_ramp", "lose");
    await saga.fail("reverse-on-ramp");
    const { amount } = await saga.saysOf("off_ramp");
    const sold = { id: "back_1", amount: Number(amount), currency: "USDC", receive_currency: "EUR" };
    for (const receive_amount of [900, 980])
      await teller.tells("reverse_on_ramp", "succeeded", { ...sold, receive_amount });
    const at = { state: "ReverseOnRamp", error: "ContradictionStands" };
    await saga.park(at);
    const { say } = operatorOf(saga);
    const learned = { operation: "reverse_on_ramp", state: "succeeded", id: "back_1" };
    await expect(say({ learned: { ...learned, received: 950 } })).rejects.toMatchObject({
      name: "InvalidRequest",
      errors: [{ detail: expect.stringContaining("back_1 succeeded and gave 980") }],
    });
    await say({ learned: { ...learned, received } });
    await saga.run("reverse-on-ramp");
    expect((await saga.payments.events(saga.payment_id)).at(-1)?.data).toMatchObject({ received });
  });

  it("is no redrive that decides nothing, nor a word that the provider never said", async () => {
    const { saga } = await contradicted();
    await saga.park(AT);
    const { say, executions } = operatorOf(saga);
    await expect(say({})).rejects.toMatchObject({ name: "SagaNotRedrivable" });
    await expect(say({ new_attempt: true })).rejects.toMatchObject({ name: "SagaNotRedrivable" });
    await expect(
      say({ learned: { operation: "off_ramp", state: "refused", id: "off_9" } }),
    ).rejects.toMatchObject({
      name: "InvalidRequest",
      errors: [{ pointer: "/learned", detail: expect.stringContaining("off_1 refused") }],
    });
    expect(executions.redriven).toEqual([]);
    expect((await saga.payment()).disputed).toEqual(["off_ramp"]);
  });
});

describe("a disagreement about a hold", () => {
  it("is none where we released it, however the provider's clock goes", async () => {
    const saga = await CardSaga.after("validate-payment");
    const teller = new Teller(saga);
    saga.provider.next("authorize", "lose");
    await saga.fail("authorize-payment");
    const ahead = new Date(saga.clock.now() + 120_000).toISOString();
    await saga.fail("resolve-capture");
    for (const undo of ["reverse-ledger", "void-authorization", "fail-payment"] as const)
      await saga.run(undo);
    const { disagreements } = await teller.tells("authorize", "succeeded", { id: "auth_1", at: ahead });
    expect(disagreements).toEqual([]);
  });

  it("is one where we only found none, and it is told of afterwards", async () => {
    const saga = await CardSaga.after("validate-payment");
    saga.provider.nature = { ...saga.provider.nature, tombstones: false };
    const teller = new Teller(saga);
    saga.provider.next("authorize", "lose");
    await saga.fail("authorize-payment");
    const at = new Date(saga.clock.now()).toISOString();
    saga.provider.void = async () => ({ outcome: "absent" }); // its read side lags
    saga.clock.advance(60_000);
    await saga.fail("resolve-capture");
    for (const undo of ["reverse-ledger", "void-authorization", "fail-payment"] as const)
      await saga.run(undo);
    const { disagreements } = await teller.tells("authorize", "succeeded", { id: "auth_1", at });
    expect(disagreements).toEqual(["the provider holds auth_1, and the payment is FAILED"]);
  });
});
