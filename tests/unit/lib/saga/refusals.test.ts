// Done beats refused, and a refusal stands for ever: it is read first in every money step. What a
// provider's nature does not promise is not assumed of its refusals.
import { describe, expect, it, jest } from "@jest/globals";
import { openEffectOf } from "../../../../functions/lib/domain/open-effects.ts";
import { trailOf } from "../../../../functions/verify-integrity/trail.ts";
import { CardSaga, OWNER } from "../../../support/card-saga.ts";
import { ConversionSaga } from "../../../support/conversion-saga.ts";
import { Teller } from "../../../support/teller.ts";

const SECOND = 1_000;

describe("a recorded refusal", () => {
  it.each([
    ["authorize", "validate-payment", "CardDeclined"],
    ["capture", "post-ledger", "CaptureDeclined"],
  ] as const)(
    "of %s is the answer of every later try, whatever the provider has forgotten",
    async (operation, last, refusal) => {
      const saga = await CardSaga.after(last);
      saga.provider.next(operation, "refuse");
      expect(await saga.fail(`${operation}-payment`)).toBe(refusal);
      saga.provider.books.clear();
      expect(await saga.fail(`${operation}-payment`)).toBe(refusal);
      expect([saga.calls(operation), saga.calls("find")]).toEqual([1, 0]);
    },
  );

  it.each([
    ["on-ramp", "authorize-conversion", "OnRampDeclined"],
    ["off-ramp", "on-ramp", "OffRampDeclined"],
  ] as const)("of %s likewise", async (step, last, refusal) => {
    const saga = await ConversionSaga.after(last);
    const ramp = step === "on-ramp" ? saga.seller : saga.payer;
    ramp.next(step.replace("-", "_") as never, "refuse");
    expect(await saga.fail(step)).toBe(refusal);
    ramp.books.clear();
    expect(await saga.fail(step)).toBe(refusal);
    expect(saga.calls(step.replace("-", "_") as "on_ramp")).toBe(1);
  });
});

describe("a step", () => {
  it("is not recorded as done after its refusal, nor refused once it is done", async () => {
    const saga = await CardSaga.after("validate-payment");
    const failure = { code: "CardDeclined", message: "no", step: "authorize-payment" };
    // The refusal of another try arrives while this one's answer is on its way.
    const authorize = saga.provider.authorize.bind(saga.provider);
    jest.spyOn(saga.provider, "authorize").mockImplementationOnce(async (request) => {
      await saga.payments.recordFailure(saga.payment_id, failure, { execution: OWNER });
      return authorize(request);
    });
    expect(await saga.fail("authorize-payment")).toBe("OutcomeUnknown");
    expect((await saga.payment()).authorization_id).toBeUndefined();
    const done = await CardSaga.after("authorize-payment");
    await expect(
      done.payments.recordFailure(done.payment_id, failure, { execution: OWNER }),
    ).rejects.toMatchObject({ name: "StoreContention" });
  });

  it("that is both, in books from before, is undone as what is done, and its trail says so", async () => {
    const saga = await CardSaga.after("authorize-payment");
    const failure = { code: "CardDeclined", message: "no", step: "authorize-payment" };
    saga.payments.alter(saga.payment_id, { failure });
    const payment = await saga.payment();
    expect(openEffectOf(payment)).toBe("the authorization stands");
    expect(trailOf(await saga.payments.events(saga.payment_id), payment).wrong).toContain(
      "authorize-payment is both refused and done",
    );
    await saga.run("void-authorization");
    expect(saga.provider.voided).toEqual([payment.authorization_id]);
  });
});

describe("a provider that decides a refused key anew", () => {
  async function refusing(): Promise<CardSaga> {
    const saga = await CardSaga.after("post-ledger");
    saga.provider.nature = { ...saga.provider.nature, keeps_refusals: false };
    saga.provider.next("capture", "refuse");
    expect(await saga.fail("capture-payment")).toBe("RefusalUnsettled");
    return saga;
  }

  it("has its refusal resolved before anything is undone", async () => {
    const saga = await refusing();
    expect((await saga.payment()).failure).toBeUndefined();
    expect(await saga.fail("resolve-capture")).toBe("OutcomePending");
    saga.clock.advance(46 * SECOND); // no request of ours can be on its way any more
    expect(await saga.fail("resolve-capture")).toBe("OutcomeAbsent");
    for (const undo of ["reverse-ledger", "void-authorization", "fail-payment"] as const)
      await saga.run(undo);
    expect(await saga.payment()).toMatchObject({
      status: "FAILED",
      failure: { code: "CaptureDeclined", step: "capture-payment" },
    });
  });

  it("completes where a duplicate in flight was taken after all", async () => {
    const saga = await refusing();
    const late = { outcome: "succeeded", id: "cap_2", amount: 1000n, currency: "EUR" } as const;
    saga.provider.books.set(`${saga.payment_id}:capture`, late);
    await saga.run("resolve-capture");
    const { failure, status } = await saga.payment();
    expect([status, failure]).toEqual(["COMPLETED", undefined]);
  });

  it("is not sent to again", async () => {
    const saga = await refusing();
    expect(await saga.fail("capture-payment")).toBe("RefusalUnsettled");
    expect([saga.calls("capture"), saga.calls("find")]).toEqual([1, 0]);
  });

  it("names why the hold was declined, once it is ruled out that one stands", async () => {
    const saga = await CardSaga.after("validate-payment");
    saga.provider.nature = { ...saga.provider.nature, keeps_refusals: false };
    saga.provider.next("authorize", "refuse");
    expect(await saga.fail("authorize-payment")).toBe("RefusalUnsettled");
    expect(await saga.fail("fail-payment")).toBe("InvariantBroken");
    expect(await saga.fail("resolve-capture")).toBe("OutcomeAbsent");
    await saga.run("reverse-ledger");
    // A duplicate may be on its way: what is released now would not be it.
    expect(await saga.fail("void-authorization")).toBe("OutcomeUnknown");
    expect(saga.calls("void")).toBe(0);
    saga.clock.advance(46 * SECOND);
    for (const undo of ["reverse-ledger", "void-authorization", "fail-payment"] as const)
      await saga.run(undo);
    expect(await saga.payment()).toMatchObject({ status: "FAILED", failure: { code: "CardDeclined" } });
  });

  it("is asked again of a hold that it told was pending, and that its release finds nothing of", async () => {
    const saga = await CardSaga.after("validate-payment");
    saga.provider.nature = { ...saga.provider.nature, keeps_refusals: false, tombstones: false };
    saga.provider.next("authorize", "refuse");
    await saga.fail("authorize-payment");
    await saga.hears({ operation: "authorize", id: "auth_1", state: "pending" });
    jest.spyOn(saga.provider, "void").mockResolvedValue({ outcome: "absent" });
    saga.clock.advance(46 * SECOND);
    const find = jest.spyOn(saga.provider, "find").mockResolvedValueOnce({ outcome: "pending" });
    // What is pending may be held yet.
    expect(await saga.fail("void-authorization")).toBe("OutcomeUnknown");
    find.mockRestore();
    await saga.run("void-authorization");
    await saga.run("fail-payment");
    expect((await saga.payment()).status).toBe("FAILED");
  });

  it("has a refused payout forbidden before the USDC is sold back", async () => {
    const saga = await ConversionSaga.after("on-ramp");
    saga.payer.nature = { ...saga.payer.nature, keeps_refusals: false };
    saga.payer.next("off_ramp", "refuse");
    expect(await saga.fail("off-ramp")).toBe("RefusalUnsettled");
    expect(await saga.fail("resolve-off-ramp")).toBe("OutcomePending");
    expect((await saga.payment()).marks.tombstone["off-ramp"]).toBeDefined();
    saga.clock.advance(46 * SECOND);
    expect(await saga.fail("resolve-off-ramp")).toBe("OutcomeAbsent");
    await saga.run("reverse-on-ramp");
    expect((await saga.payment()).failure).toMatchObject({ code: "OffRampDeclined" });
  });

  it("is asked about what it told that it refused: that may have been decided anew", async () => {
    const saga = await ConversionSaga.after("on-ramp");
    saga.payer.nature = { ...saga.payer.nature, keeps_refusals: false };
    saga.payer.next("off_ramp", "lose");
    await saga.fail("off-ramp");
    const teller = new Teller(saga);
    teller.keepsRefusals = false;
    await teller.tells("off_ramp", "refused");
    expect(await saga.fail("off-ramp")).toBe("RefusalUnsettled");
    saga.clock.advance(60 * SECOND);
    await saga.run("resolve-off-ramp");
    expect((await saga.payment()).off_ramp_tx_id).toBe(`off-${saga.key("off_ramp")}`);
    // The refusal contradicts nothing: neither as it stands, nor when it is told again, late.
    expect(await teller.tells("off_ramp", "refused", { id: "off_0" })).toMatchObject({ outcome: "known" });
    for (const step of ["post-ledger", "notify-payment"] as const) await saga.run(step);
    expect(await saga.payment()).toMatchObject({ status: "COMPLETED" });
    expect(teller.found()).toEqual([]);
  });

  it("has a payout forbidden whose refusal only its Resolve learns of", async () => {
    const saga = await ConversionSaga.after("on-ramp");
    saga.payer.nature = { ...saga.payer.nature, keeps_refusals: false };
    saga.payer.next("off_ramp", "unavailable");
    await saga.fail("off-ramp");
    saga.payer.books.set(saga.key("off_ramp"), { outcome: "refused", message: "no" });
    expect(await saga.fail("resolve-off-ramp")).toBe("OutcomePending");
    const { failure, marks } = await saga.payment();
    expect([failure, marks.tombstone["off-ramp"]]).toEqual([undefined, expect.any(Number)]);
  });

  it("has a refused purchase forbidden before the source gets its funds back", async () => {
    const saga = await ConversionSaga.after("authorize-conversion");
    saga.seller.nature = { ...saga.seller.nature, keeps_refusals: false };
    saga.seller.next("on_ramp", "refuse");
    expect(await saga.fail("on-ramp")).toBe("RefusalUnsettled");
    expect(await saga.fail("resolve-on-ramp")).toBe("OutcomeAbsent");
    expect(await saga.fail("reverse-on-ramp")).toBe("OutcomeUnknown");
    saga.clock.advance(46 * SECOND);
    await saga.run("reverse-on-ramp");
    await saga.run("release-hold");
    await saga.run("fail-payment");
    expect(await saga.payment()).toMatchObject({ status: "FAILED", failure: { code: "OnRampDeclined" } });
  });
});

describe("absent, as the answer to a tombstone", () => {
  it("is no promise: a captured payment is not reversed on it, nor a payout sold back", async () => {
    const saga = await CardSaga.after("post-ledger");
    saga.provider.next("capture", "lose");
    await saga.fail("capture-payment");
    saga.provider.tombstone = async () => ({ outcome: "absent" });
    saga.clock.advance(60 * SECOND);
    expect(await saga.fail("resolve-capture")).toBe("OutcomePending");
    const paid = await ConversionSaga.after("on-ramp");
    paid.payer.next("off_ramp", "lose");
    await paid.fail("off-ramp");
    paid.payer.tombstone = async () => ({ outcome: "absent" });
    paid.clock.advance(400 * SECOND);
    expect(await paid.fail("resolve-off-ramp")).toBe("OutcomePending");
  });

  it("is none as the answer to a void either, where the provider keeps tombstones", async () => {
    const saga = await CardSaga.after("validate-payment");
    saga.provider.next("authorize", "lose");
    await saga.fail("authorize-payment");
    jest.spyOn(saga.provider, "void").mockResolvedValue({ outcome: "absent" });
    saga.clock.advance(60 * SECOND);
    expect(await saga.fail("void-authorization")).toBe("OutcomeUnknown");
  });
});

describe("a request that the provider does not take", () => {
  const REJECTED = { outcome: "rejected", code: "amount_too_small" } as const;

  it("is a refusal at once, with its code, and nothing of the step is undone", async () => {
    const saga = await CardSaga.after("validate-payment");
    jest.spyOn(saga.provider, "authorize").mockResolvedValue(REJECTED);
    expect(await saga.fail("authorize-payment")).toBe("ProviderRejected");
    await saga.run("fail-payment");
    expect(await saga.payment()).toMatchObject({
      status: "FAILED",
      failure: { code: "ProviderRejected", message: "amount_too_small" },
    });
    expect([saga.calls("find"), saga.calls("void")]).toEqual([0, 0]);
  });

  it("is resolved where an earlier request is unanswered: it may say that that one was taken", async () => {
    const saga = await CardSaga.after("post-ledger");
    saga.provider.next("capture", "lose");
    await saga.fail("capture-payment");
    jest.spyOn(saga.provider, "find").mockResolvedValueOnce({ outcome: "absent" });
    jest
      .spyOn(saga.provider, "capture")
      .mockResolvedValueOnce({ outcome: "rejected", code: "already_captured" });
    expect(await saga.fail("capture-payment")).toBe("RefusalUnsettled");
    await saga.run("resolve-capture");
    expect(await saga.payment()).toMatchObject({ status: "COMPLETED" });
  });

  it("is resolved though a rejected purchase turned out to be done before it", async () => {
    const saga = await ConversionSaga.after("authorize-conversion");
    saga.seller.next("on_ramp", "lose");
    await saga.fail("on-ramp");
    jest.spyOn(saga.seller, "find").mockResolvedValueOnce({ outcome: "absent" });
    jest.spyOn(saga.seller, "onRamp").mockResolvedValueOnce({ outcome: "rejected", code: "already_taken" });
    expect(await saga.fail("on-ramp")).toBe("RefusalUnsettled");
    await saga.run("resolve-on-ramp");
    saga.payer.next("off_ramp", "unavailable");
    await saga.fail("off-ramp");
    jest.spyOn(saga.payer, "offRamp").mockResolvedValue(REJECTED);
    expect(await saga.fail("off-ramp")).toBe("RefusalUnsettled");
    expect(await saga.fail("resolve-off-ramp")).toBe("OutcomeAbsent");
    for (const undo of ["reverse-on-ramp", "release-hold", "fail-payment"] as const) await saga.run(undo);
    expect(await saga.payment()).toMatchObject({
      status: "FAILED",
      failure: { code: "ProviderRejected", message: "amount_too_small", step: "off-ramp" },
    });
  });

  it("is resolved as well where another try sends at the same time", async () => {
    const saga = await CardSaga.after("post-ledger");
    jest.spyOn(saga.provider, "capture").mockImplementationOnce(async () => {
      saga.clock.advance(1);
      await saga.payments.mark(saga.payment_id, "intent", "capture-payment", { execution: OWNER });
      return { outcome: "rejected", code: "already_captured" };
    });
    expect(await saga.fail("capture-payment")).toBe("OutcomeUnknown");
    expect((await saga.payment()).failure).toBeUndefined();
  });

  it("stays in doubt from a provider that does not validate first", async () => {
    const saga = await CardSaga.after("validate-payment");
    saga.provider.nature = { ...saga.provider.nature, validates_first: false };
    jest.spyOn(saga.provider, "authorize").mockResolvedValue(REJECTED);
    expect(await saga.fail("authorize-payment")).toBe("OutcomeUnknown");
  });

  it("parks an undo with its code", async () => {
    const saga = await CardSaga.after("authorize-payment");
    jest.spyOn(saga.provider, "void").mockResolvedValue({ outcome: "rejected", code: "bad_metadata" });
    await expect(saga.run("void-authorization")).rejects.toMatchObject({
      name: "UndoRefused",
      message: expect.stringContaining("bad_metadata"),
    });
    const bought = await ConversionSaga.after("on-ramp");
    await bought.tombstone("off-ramp");
    jest
      .spyOn(bought.seller, "reverseOnRamp")
      .mockResolvedValue({ outcome: "rejected", code: "bad_metadata" });
    await expect(bought.run("reverse-on-ramp")).rejects.toMatchObject({
      name: "UndoRefused",
      message: expect.stringContaining("bad_metadata"),
    });
  });
});
