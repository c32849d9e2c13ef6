// FailPayment ends a payment only when nothing of it stands, and says why and what was undone.
import { describe, expect, it, jest } from "@jest/globals";
import { FAILURES_TO_OPEN } from "../../../functions/lib/domain/circuit-breaker.ts";
import { StoreUnavailable } from "../../../functions/lib/errors/registry.ts";
import { CardSaga } from "../../support/card-saga.ts";

const STEP = "fail-payment";

/** A payment whose capture was declined: the authorization and the posting stand. */
async function declinedAtCapture(): Promise<CardSaga> {
  const saga = await CardSaga.after("post-ledger");
  saga.provider.next("capture", "refuse");
  await saga.fail("capture-payment");
  return saga;
}

describe("fail-payment", () => {
  it("fails a declined payment with the reason that was persisted", async () => {
    const saga = await CardSaga.after("validate-payment");
    saga.provider.next("authorize", "refuse");
    await saga.fail("authorize-payment");
    await saga.run(STEP);
    const payment = await saga.payment();
    expect(payment).toMatchObject({ status: "FAILED", failure: { code: "CardDeclined", message: "no" } });
    expect(payment.processed_at).toBeDefined();
    expect(await saga.told()).toEqual(["accepted", "validated", "failed"]);
  });

  it("tells what was undone, the latest step first", async () => {
    const saga = await declinedAtCapture();
    await saga.run("reverse-ledger");
    await saga.run("void-authorization");
    await saga.run(STEP);
    const events = await saga.payments.events(saga.payment_id);
    expect(events.at(-1)?.data).toMatchObject({
      failure: { code: "CaptureDeclined", undone: ["post-ledger", "authorize-payment"] },
    });
  });

  it("ends once when it runs twice, its first answer lost", async () => {
    const saga = await CardSaga.after("validate-payment");
    const commit = saga.payments.commit.bind(saga.payments);
    jest.spyOn(saga.payments, "commit").mockImplementationOnce(async (...write) => {
      await commit(...write);
      throw new StoreUnavailable("no answer");
    });
    expect(await saga.fail(STEP)).toBe("StoreUnavailable");
    await saga.run(STEP);
    expect(await saga.told()).toEqual(["accepted", "validated", "failed"]);
  });

  it("cancels a payment that the merchant withdrew", async () => {
    const saga = await CardSaga.after("validate-payment");
    await saga.requestCancel();
    await saga.run(STEP);
    expect(await saga.payment()).toMatchObject({
      status: "CANCELED",
      failure: { code: "CancelRequested", step: "authorize-payment" },
    });
    expect(await saga.told()).toEqual(["accepted", "validated", "canceled"]);
  });

  it("fails, not cancels, a payment that was declined before the merchant withdrew it", async () => {
    const saga = await CardSaga.after("validate-payment");
    saga.provider.next("authorize", "refuse");
    await saga.fail("authorize-payment");
    await saga.requestCancel();
    await saga.run(STEP);
    expect((await saga.payment()).status).toBe("FAILED");
  });

  it("fails, not cancels, a payment whose refusal was in doubt, once its step did not happen after all", async () => {
    const saga = await CardSaga.after("validate-payment");
    saga.provider.nature.keeps_refusals = false;
    saga.provider.next("authorize", "refuse");
    expect(await saga.fail("authorize-payment")).toBe("RefusalUnsettled");
    await saga.requestCancel();
    saga.clock.advance((30 + saga.provider.nature.in_flight_seconds) * 1000 + 1);
    await saga.run("void-authorization");
    await saga.run(STEP);
    expect(await saga.payment()).toMatchObject({ status: "FAILED", failure: { code: "CardDeclined" } });
  });

  it("names OutcomeUnknown and the step that gave up where nobody persisted a reason", async () => {
    const saga = await CardSaga.after("validate-payment");
    saga.provider.next("authorize", "lose");
    await saga.fail("authorize-payment");
    await saga.run("void-authorization");
    await saga.run(STEP);
    expect((await saga.payment()).failure).toMatchObject({
      code: "OutcomeUnknown",
      step: "authorize-payment",
    });
  });

  it.each([
    ["authorize-payment", "validate-payment"],
    ["capture-payment", "post-ledger"],
  ] as const)(
    "names ProviderUnavailable and %s where the provider was down until it gave up",
    async (step, last) => {
      const saga = await CardSaga.after(last);
      for (let n = 0; n < FAILURES_TO_OPEN; n++)
        await saga.breaker.report(saga.provider.nature.name, "unavailable");
      expect(await saga.fail(step)).toBe("ProviderUnavailable");
      await saga.fail("resolve-capture");
      for (const undo of ["reverse-ledger", "void-authorization", STEP] as const) await saga.run(undo);
      expect((await saga.payment()).failure).toMatchObject({ code: "ProviderUnavailable", step });
    },
  );

  it("names ProviderUnavailable where captures were stopped, and says so of no later step", async () => {
    const saga = await CardSaga.after("post-ledger");
    saga.switches.on.add("card/stop-pivots");
    await saga.fail("capture-payment");
    saga.switches.on.clear();
    saga.provider.next("capture", "unavailable");
    expect(await saga.fail("capture-payment")).toBe("OutcomeUnknown");
    await saga.fail("resolve-capture");
    for (const undo of ["reverse-ledger", "void-authorization", STEP] as const) await saga.run(undo);
    expect((await saga.payment()).failure).toMatchObject({ code: "OutcomeUnknown", step: "capture-payment" });
  });

  it("notes once that a provider was down, however often the step is tried", async () => {
    const saga = await CardSaga.after("post-ledger");
    const mark = jest.spyOn(saga.payments, "mark");
    saga.switches.on.add("card/stop-pivots");
    for (let tries = 0; tries < 3; tries++)
      expect(await saga.fail("capture-payment")).toBe("ProviderUnavailable");
    expect(mark).toHaveBeenCalledTimes(1);
    saga.switches.on.clear();
    await saga.run("capture-payment");
    expect(await saga.payment()).toMatchObject({ status: "COMPLETED" });
  });

  it("fails a payment that nobody ever claimed", async () => {
    const saga = await CardSaga.accepted();
    await saga.run(STEP);
    expect((await saga.payment()).status).toBe("FAILED");
    expect(await saga.told()).toEqual(["accepted", "failed"]);
  });

  it("tells a stale owner of a completed payment that it is stale, not that something is broken", async () => {
    const saga = await CardSaga.after("capture-payment");
    expect(await saga.fail(STEP, "attempt-0")).toBe("Superseded");
  });

  it("lets a stale owner end nothing", async () => {
    const saga = await CardSaga.after("validate-payment");
    const before = await saga.everything();
    expect(await saga.fail(STEP, "attempt-0")).toBe("Superseded");
    expect(await saga.everything()).toEqual(before);
  });

  it("releases the reference, so that another payment may carry it", async () => {
    const saga = await CardSaga.after("validate-payment", { reference: "order-1" });
    const another = await CardSaga.accepted({ reference: "order-1" });
    const { payment, ...rest } = await acceptanceOf(another, "another-key");
    expect((await saga.payments.accept({ payment, ...rest })).outcome).toBe("reference-taken");
    await saga.run(STEP);
    expect((await saga.payments.accept({ payment, ...rest })).outcome).toBe("created");
  });
});

describe("fail-payment refuses to end", () => {
  it.each([
    ["while the authorization stands", () => CardSaga.after("authorize-payment")],
    ["while the posting stands", () => declinedAtCapture()],
    ["a captured payment", () => CardSaga.after("capture-payment")],
  ])("%s", async (_, given) => {
    const saga = await given();
    const before = await saga.everything();
    expect(await saga.fail(STEP)).toBe("InvariantBroken");
    expect(await saga.everything()).toEqual(before);
  });

  it("while an authorization that may have happened is not voided", async () => {
    const saga = await CardSaga.after("validate-payment");
    saga.provider.next("authorize", "lose");
    await saga.fail("authorize-payment");
    expect(await saga.fail(STEP)).toBe("InvariantBroken");
  });

  it("while a capture that may have happened is not resolved", async () => {
    const saga = await CardSaga.after("post-ledger");
    saga.provider.next("capture", "unavailable");
    await saga.fail("capture-payment");
    await saga.run("reverse-ledger");
    await saga.run("void-authorization");
    expect(await saga.fail(STEP)).toBe("InvariantBroken");
    await saga.fail("resolve-capture");
    await saga.run(STEP);
    expect((await saga.payment()).status).toBe("FAILED");
  });
});

/** What a new payment like this one would write. */
async function acceptanceOf(saga: CardSaga, requestId: string) {
  const payment = { ...(await saga.payment()), payment_id: "11111111-1111-8111-8111-111111111111" };
  const [event] = saga.payments.trail(saga.payment_id);
  if (!event) throw new Error("an accepted payment has its first event");
  return { payment, event, fingerprint: { body: "", members: {} }, response: "", requestId };
}
