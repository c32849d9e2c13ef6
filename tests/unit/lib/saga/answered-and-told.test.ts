// What we were answered and what we were told are words of one provider: they are compared with
// each other, whichever came first, and a person can decide between them.
import { describe, expect, it } from "@jest/globals";
import { disagreementsOf } from "../../../../functions/lib/domain/reconciliation.ts";
import { CardSaga } from "../../../support/card-saga.ts";
import { ConversionSaga, OWNER } from "../../../support/conversion-saga.ts";
import { MemoryExecutions } from "../../../support/memory/memory-executions.ts";
import { operatorNamed, redriveOf } from "../../../support/operator.ts";
import { Teller } from "../../../support/teller.ts";

const CAPTURED = { id: "cap_1", amount: 1000, currency: "EUR" };

/** An operator of the parked payment. */
function operatorOf(saga: CardSaga | ConversionSaga) {
  const executions = new MemoryExecutions();
  executions.is(OWNER, "FAILED", { state: "FailPayment", error: "ContradictionStands" });
  const take = redriveOf(saga, executions);
  return async (learned: Record<string, unknown>, new_attempt = false) => {
    if ((await saga.payment()).status !== "IN_REVIEW")
      await saga.park({ state: "FailPayment", error: "ContradictionStands" });
    return take({
      paymentId: saga.payment_id,
      operator: operatorNamed("mia"),
      body: { learned, new_attempt },
    });
  };
}

async function paid(saga: ConversionSaga, id: string) {
  const { amount, currency, received, received_currency } = await saga.saysOf("off_ramp");
  const gave = { receive_amount: Number(received), receive_currency: received_currency };
  return { id, amount: Number(amount), currency, ...gave };
}

describe("a success that is told after a refusal was answered", () => {
  it("stops a card payment before it fails, and a new attempt releases what a person names", async () => {
    const saga = await CardSaga.after("validate-payment");
    saga.provider.next("authorize", "refuse");
    expect(await saga.fail("authorize-payment")).toBe("CardDeclined");
    const teller = new Teller(saga);
    await teller.tells("authorize", "succeeded", { ...CAPTURED, id: "auth_1" });
    expect((await saga.payment()).disputed).toEqual(["authorize"]);
    expect(await saga.fail("fail-payment")).toBe("ContradictionStands");
    const say = operatorOf(saga);
    const holds = { operation: "authorize", state: "succeeded", id: "auth_1" };
    await expect(say(holds)).rejects.toMatchObject({ name: "SagaNotRedrivable" });
    const { execution } = await say(holds, true);
    const { failure, doubted_refusal } = await saga.payment();
    expect([failure, doubted_refusal?.code]).toEqual([undefined, "CardDeclined"]);
    expect(await saga.fail("authorize-payment", execution)).toBe("RefusalUnsettled");
    expect(await saga.fail("resolve-capture", execution)).toBe("OutcomeAbsent");
    for (const undo of ["reverse-ledger", "void-authorization", "fail-payment"] as const)
      await saga.run(undo, execution);
    expect(saga.calls("void")).toBe(1);
    expect(await saga.payment()).toMatchObject({ status: "FAILED", failure: { code: "CardDeclined" } });
  });

  it("stops a sale back, and a new attempt records what was paid out", async () => {
    const saga = await ConversionSaga.after("on-ramp");
    saga.payer.next("off_ramp", "refuse");
    expect(await saga.fail("off-ramp")).toBe("OffRampDeclined");
    const told = await paid(saga, "off_1");
    await new Teller(saga).tells("off_ramp", "succeeded", told);
    expect(await saga.fail("reverse-on-ramp")).toBe("ContradictionStands");
    const learned = { operation: "off_ramp", state: "succeeded", id: "off_1", received: told.receive_amount };
    const { execution } = await operatorOf(saga)(learned, true);
    expect(await saga.fail("off-ramp", execution)).toBe("RefusalUnsettled");
    await saga.run("resolve-off-ramp", execution);
    expect(await saga.payment()).toMatchObject({ off_ramp_tx_id: "off_1" });
  });
});

describe("a capture that is told after its ledger posting was reversed", () => {
  it("cannot be booked any more: it is given back, and then the payment ends", async () => {
    const saga = await CardSaga.after("post-ledger");
    saga.provider.next("capture", "refuse");
    expect(await saga.fail("capture-payment")).toBe("CaptureDeclined");
    await saga.run("reverse-ledger");
    await new Teller(saga).tells("capture", "succeeded", CAPTURED);
    expect(await saga.fail("void-authorization")).toBe("ContradictionStands");
    const say = operatorOf(saga);
    const captured = { operation: "capture", state: "succeeded", id: "cap_1" };
    await expect(say(captured, true)).rejects.toMatchObject({
      name: "SagaNotRedrivable",
      message: expect.stringContaining("give it back"),
    });
    const { contradicted, state, id } = (await saga.payment()).facts?.capture ?? {};
    expect([state, contradicted?.state]).toEqual(["refused", "succeeded"]);
    saga.clock.advance(60_000);
    await say({ operation: "capture", state: "refused", id });
    saga.provider.void = async () => ({ outcome: "refused", message: "captured", captured: true });
    for (const undo of ["void-authorization", "fail-payment"] as const) await saga.run(undo);
    expect(await saga.payment()).toMatchObject({ status: "FAILED" });
  });
});

describe("an undo that was sent before the payment went forward after all", () => {
  it("is found by integrity: it may have taken effect", async () => {
    const saga = await ConversionSaga.after("on-ramp");
    saga.payer.next("off_ramp", "refuse");
    await saga.fail("off-ramp");
    const told = await paid(saga, "off_1");
    const sell = saga.seller.reverseOnRamp.bind(saga.seller);
    saga.seller.reverseOnRamp = async (request) => {
      await new Teller(saga).tells("off_ramp", "succeeded", told);
      return sell(request);
    };
    expect(await saga.fail("reverse-on-ramp")).toBe("ContradictionStands");
    const learned = { operation: "off_ramp", state: "succeeded", id: "off_1", received: told.receive_amount };
    const { execution } = await operatorOf(saga)(learned, true);
    await saga.run("resolve-off-ramp", execution);
    for (const step of ["post-ledger", "notify-payment"] as const) await saga.run(step, execution);
    expect(disagreementsOf(await saga.payment())).toEqual([
      "paid out, and the undo of on-ramp had begun: ask what the provider took back",
    ]);
  });

  it("disputes nothing of a payment that another execution owns", async () => {
    const saga = await CardSaga.after("post-ledger");
    await saga.hears({ operation: "authorize", state: "refused", id: "auth_9" });
    expect(await saga.fail("authorize-payment", "stale")).toBe("Superseded");
    expect((await saga.payment()).disputed).toBeUndefined();
  });
});

describe("a refusal that is told after a success was answered", () => {
  it("stops the payout of what may not have been bought", async () => {
    const saga = await ConversionSaga.after("on-ramp");
    await new Teller(saga).tells("on_ramp", "refused", { id: "on_9" });
    expect(await saga.fail("off-ramp")).toBe("ContradictionStands");
    expect(saga.calls("off_ramp")).toBe(0);
  });

  it("is none that stops a payment which has ended: it is found, and integrity does not close it", async () => {
    const saga = await CardSaga.after("notify-payment");
    const { disagreements } = await new Teller(saga).tells("capture", "refused", { id: "cap_9" });
    expect(disagreements).toEqual([expect.stringContaining("the provider says refused of the capture")]);
    expect((await saga.payment()).disputed).toBeUndefined();
  });
});

describe("a success that is told in full, and answered with another amount", () => {
  async function told(more: Record<string, unknown>): Promise<CardSaga> {
    const saga = await CardSaga.after("post-ledger");
    saga.provider.next("capture", "lose");
    await saga.fail("capture-payment");
    await new Teller(saga).tells("capture", "succeeded", more);
    const less = { outcome: "succeeded", id: "cap_1", amount: 400n, currency: "EUR" } as const;
    saga.provider.books.set(`${saga.payment_id}:capture`, less);
    expect(await saga.fail("capture-payment")).toBe("AnswerDiffers");
    return saga;
  }

  it("is disputed, and booked by nobody while the provider is silent", async () => {
    const saga = await told(CAPTURED);
    saga.provider.down = true;
    expect(await saga.fail("capture-payment")).toBe("ContradictionStands");
    expect((await saga.payment()).status).toBe("PROCESSING");
  });

  it("is taken for what was answered where it did not say how much", async () => {
    const saga = await told({ id: "cap_1" });
    expect((await saga.payment()).facts?.capture).toMatchObject({ amount: 400, differs: true });
  });

  it.each([
    ["in full", CAPTURED, ["capture"]],
    ["and not how much", { id: "cap_1" }, undefined],
  ])("is no other for being told again afterwards, %s", async (_, more, disputed) => {
    const saga = await told({ id: "cap_1" });
    await new Teller(saga).tells("capture", "succeeded", more);
    const payment = await saga.payment();
    expect(payment.facts?.capture).toMatchObject({ amount: 400, differs: true });
    expect(payment.disputed).toEqual(disputed);
    saga.provider.down = true;
    await saga.fail("capture-payment");
    expect((await saga.payment()).capture_id).toBeUndefined();
  });

  it("may be taken back, which is neither of the words", async () => {
    const saga = await told(CAPTURED);
    saga.clock.advance(60_000);
    await operatorOf(saga)({ operation: "capture", state: "refused", id: "refund-1" });
    expect(await saga.fail("resolve-capture")).toBe("OutcomeAbsent");
  });
});

describe("a word that is told while our own call is on its way", () => {
  it("stops the step after it: a refusal beside a purchase", async () => {
    const saga = await ConversionSaga.after("authorize-conversion");
    const teller = new Teller(saga);
    const buy = saga.seller.onRamp.bind(saga.seller);
    saga.seller.onRamp = async (request) => {
      await teller.tells("on_ramp", "refused", { id: "on_9" });
      return buy(request);
    };
    await saga.run("on-ramp");
    expect(await saga.fail("off-ramp")).toBe("ContradictionStands");
    expect(await saga.payment()).toMatchObject({ disputed: ["on_ramp"] });
    expect(saga.calls("off_ramp")).toBe(0);
  });

  it("stops the end of a payment: a hold beside its refusal", async () => {
    const saga = await CardSaga.after("validate-payment");
    const teller = new Teller(saga);
    saga.provider.authorize = async () => {
      await teller.tells("authorize", "succeeded", { ...CAPTURED, id: "auth_1" });
      return { outcome: "refused", message: "no" };
    };
    expect(await saga.fail("authorize-payment")).toBe("CardDeclined");
    expect(await saga.fail("fail-payment")).toBe("ContradictionStands");
    const { execution } = await operatorOf(saga)(
      { operation: "authorize", state: "succeeded", id: "auth_1" },
      true,
    );
    expect(await saga.fail("authorize-payment", execution)).toBe("RefusalUnsettled");
    await saga.fail("resolve-capture", execution);
    for (const undo of ["reverse-ledger", "void-authorization", "fail-payment"] as const)
      await saga.run(undo, execution);
    // The hold that a person named is the one that is released.
    expect(saga.provider.voided).toEqual(["auth_1"]);
  });

  it("captures nothing that a person said is not held", async () => {
    const saga = await CardSaga.after("post-ledger");
    await new Teller(saga).tells("authorize", "refused", { id: "auth_9" });
    expect(await saga.fail("capture-payment")).toBe("ContradictionStands");
    saga.clock.advance(60_000);
    await operatorOf(saga)({ operation: "authorize", state: "refused", id: "auth_9" });
    expect(await saga.fail("capture-payment")).toBe("UndoStarted");
  });
});

describe("something else that was done, and is denied by an answer", () => {
  it.each(["refused", "tombstoned"] as const)(
    "is disputed, and nothing is sold back: %s",
    async (outcome) => {
      const saga = await ConversionSaga.after("on-ramp");
      saga.payer.next("off_ramp", "lose");
      await saga.fail("off-ramp");
      const says = await saga.saysOf("off_ramp");
      const less = { outcome: "succeeded", id: "off_1", ...says, received: says.received - 1n } as const;
      saga.payer.books.set(saga.key("off_ramp"), less);
      expect(await saga.fail("off-ramp")).toBe("AnswerDiffers");
      saga.payer.books.set(saga.key("off_ramp"), { outcome, message: "no" } as never);
      expect(await saga.fail("off-ramp")).toBe("ContradictionStands");
      expect(await saga.fail("reverse-on-ramp")).toBe("ContradictionStands");
    },
  );

  it("is not sent again where the provider denies it", async () => {
    const saga = await ConversionSaga.after("on-ramp");
    saga.payer.next("off_ramp", "lose");
    await saga.fail("off-ramp");
    const says = await saga.saysOf("off_ramp");
    const less = { outcome: "succeeded", id: "off_1", ...says, received: says.received - 1n } as const;
    saga.payer.books.set(saga.key("off_ramp"), less);
    await saga.fail("off-ramp");
    saga.payer.books.clear();
    expect(await saga.fail("off-ramp")).toBe("OutcomeUnknown");
    expect(saga.calls("off_ramp")).toBe(1);
    // The tombstone that is then set says that nothing happened: one of the two is not true.
    saga.clock.advance(400_000);
    expect(await saga.fail("resolve-off-ramp")).toBe("ContradictionStands");
  });
});

describe("a success of another payment", () => {
  it("is booked by nobody, however silent its provider becomes", async () => {
    const saga = await CardSaga.after("post-ledger");
    const theirs = { outcome: "succeeded", ...CAPTURED, amount: 1000n, reference: "theirs" } as const;
    saga.provider.capture = async () => theirs;
    expect(await saga.fail("capture-payment")).toBe("AnswerDiffers");
    saga.provider.down = true;
    expect(await saga.fail("capture-payment")).toBe("AnswerDiffers");
    expect((await saga.payment()).facts?.capture).toMatchObject({ reference: "theirs", differs: true });
  });
});

describe("a capture of less that was taken back", () => {
  it("ends: its hold is used up, and nothing of it is left", async () => {
    const saga = await CardSaga.after("post-ledger");
    saga.provider.capture = async ({ key, currency }) => {
      const less = { outcome: "succeeded", id: "cap_1", amount: 400n, currency } as const;
      saga.provider.books.set(key, less);
      return less;
    };
    expect(await saga.fail("capture-payment")).toBe("AnswerDiffers");
    saga.clock.advance(60_000);
    await operatorOf(saga)({ operation: "capture", state: "refused", id: "refund-1" });
    expect(await saga.fail("capture-payment")).toBe("UndoStarted");
    expect(await saga.fail("resolve-capture")).toBe("OutcomeAbsent");
    for (const undo of ["reverse-ledger", "void-authorization", "fail-payment"] as const)
      await saga.run(undo);
    expect(await saga.payment()).toMatchObject({ status: "FAILED" });
  });

  it("is a defect while nobody said so", async () => {
    const saga = await CardSaga.after("capture-payment");
    const { capture_id: _, ...before } = await saga.payment();
    saga.payments.alter(saga.payment_id, { ...before, capture_id: undefined as never, status: "PROCESSING" });
    expect(await saga.fail("void-authorization")).toBe("InvariantBroken");
  });
});

describe("a success that was told, and that the provider does not know", () => {
  it("is overruled by a person who read its books, while the provider remembers the key", async () => {
    const saga = await CardSaga.after("post-ledger");
    saga.provider.nature = { ...saga.provider.nature, tombstones: false };
    saga.provider.next("capture", "unavailable");
    await saga.fail("capture-payment");
    const teller = new Teller(saga);
    await teller.tells("capture", "succeeded", CAPTURED);
    expect(await saga.fail("resolve-capture")).toBe("OutcomePending");
    saga.clock.advance(120_000);
    await operatorOf(saga)({ operation: "capture", state: "tombstoned", id: "ticket-1" });
    expect(await teller.tells("capture", "succeeded", CAPTURED)).toMatchObject({ outcome: "known" });
    expect(await saga.fail("resolve-capture")).toBe("OutcomeAbsent");
  });
});
