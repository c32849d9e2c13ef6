// The provider is down, or a person has turned a kill switch: what is still accepted, what waits,
// and what goes on all the same.
import { describe, expect, it, jest } from "@jest/globals";
import { acceptPayment } from "../../../functions/accept-payment/accept-payment.ts";
import { FAILURES_TO_OPEN, PACE } from "../../../functions/lib/domain/circuit-breaker.ts";
import { CARD_PROVIDER } from "../../../functions/lib/domain/saga-definition.ts";
import { startSaga } from "../../../functions/start-saga/start-saga.ts";
import { sweepPayments } from "../../../functions/sweep-payments/sweep-payments.ts";
import { CardSaga, USER } from "../../support/card-saga.ts";

/** The breaker's name for the provider of this saga. */
const nameOf = (saga: CardSaga): string => saga.provider.nature.name;

/** Everybody finds the provider's breaker open. */
async function outage(saga: CardSaga): Promise<void> {
  for (const name of [nameOf(saga), CARD_PROVIDER])
    for (let failure = 0; failure < FAILURES_TO_OPEN; failure++)
      await saga.breaker.report(name, "unavailable");
}

const post = (saga: CardSaga, key = "another") =>
  acceptPayment(saga)({
    merchantId: "m1",
    requestId: `request-${key}`,
    idempotencyKey: key,
    body: { amount: 1000, currency: "EUR", user_id: USER },
  });

describe("accepting while the provider is down", () => {
  it("queues the start instead of starting, and answers as ever", async () => {
    const saga = new CardSaga();
    await outage(saga);
    const { payment_id } = await post(saga);
    expect(saga.sagas.started).toEqual([]);
    expect(saga.sagas.queued).toMatchObject([{ paymentId: payment_id }]);
  });

  it("starts at once again when the provider has answered", async () => {
    const saga = new CardSaga();
    await outage(saga);
    await saga.breaker.report(CARD_PROVIDER, "answered");
    const { payment_id } = await post(saga);
    expect([saga.sagas.started, saga.sagas.queued]).toEqual([[payment_id], []]);
  });
});

describe("the switch", () => {
  it.each(["card/stop-intake", "sandbox/stop-intake"])(
    "%s refuses payments and writes nothing",
    async (name) => {
      const saga = new CardSaga();
      saga.switches.on.add(name);
      const accept = jest.spyOn(saga.payments, "accept");
      await expect(post(saga)).rejects.toMatchObject({ name: "ServiceUnavailable", status: 503 });
      expect(accept).not.toHaveBeenCalled();
      expect([saga.sagas.started, saga.sagas.queued]).toEqual([[], []]);
    },
  );

  it("stop-intake still tells a client what is wrong with its request", async () => {
    const saga = new CardSaga();
    saga.switches.on.add("card/stop-intake");
    const request = { merchantId: "m1", requestId: "r", idempotencyKey: "k", body: { amount: -1 } };
    await expect(acceptPayment(saga)(request)).rejects.toMatchObject({ name: "InvalidRequest" });
  });

  it("hold-starts queues the start of what is accepted", async () => {
    const saga = new CardSaga();
    saga.switches.on.add("card/hold-starts");
    const { payment_id } = await post(saga);
    expect(saga.sagas.started).toEqual([]);
    expect(saga.sagas.queued).toMatchObject([{ paymentId: payment_id }]);
  });

  it("stop-pivots keeps a capture from beginning, and lets it begin once it is off", async () => {
    const saga = await CardSaga.after("post-ledger");
    saga.switches.on.add("card/stop-pivots");
    expect(await saga.fail("capture-payment")).toBe("ProviderUnavailable");
    expect(saga.calls("capture")).toBe(0);
    expect((await saga.payment()).marks.intent["capture-payment"]).toBeUndefined();
    saga.switches.on.clear();
    await saga.run("capture-payment");
    expect((await saga.payment()).status).toBe("COMPLETED");
  });

  it("stop-pivots does not keep a capture that may have happened from being found", async () => {
    const saga = await CardSaga.after("post-ledger");
    saga.provider.next("capture", "lose");
    expect(await saga.fail("capture-payment")).toBe("OutcomeUnknown");
    saga.switches.on.add("card/stop-pivots");
    await saga.run("capture-payment");
    expect((await saga.payment()).status).toBe("COMPLETED");
  });

  it("stop-pivots stops no authorization", async () => {
    const saga = await CardSaga.after("validate-payment");
    saga.switches.on.add("card/stop-pivots");
    await saga.run("authorize-payment");
    expect(saga.calls("authorize")).toBe(1);
  });
});

describe("start-saga while starts are held", () => {
  /** A payment whose start was queued. */
  async function queued(): Promise<CardSaga> {
    const saga = await CardSaga.accepted();
    saga.sagas.started.length = 0;
    return saga;
  }

  it("puts the start back as a new message, at once and without asking Step Functions", async () => {
    const saga = await queued();
    await outage(saga);
    const before = saga.clock.now();
    expect(await startSaga(saga)(saga.payment_id)).toBe("held by breaker");
    expect(saga.clock.now()).toBe(before);
    expect(saga.sagas.started).toEqual([]);
    expect(saga.sagas.queued).toMatchObject([{ paymentId: saga.payment_id, delaySeconds: 5 }]);
  });

  it("starts one as a probe when the hold is over, and the next one not yet", async () => {
    const saga = await queued();
    await outage(saga);
    saga.clock.advance(PACE.firstHold);
    const outcomes = [await startSaga(saga)(saga.payment_id), await startSaga(saga)(saga.payment_id)];
    expect(outcomes).toEqual(["started", "held by breaker"]);
  });

  it("holds by the switch, and starts when it is off again", async () => {
    const saga = await queued();
    saga.switches.on.add("sandbox/hold-starts");
    expect(await startSaga(saga)(saga.payment_id)).toBe("held by switch");
    saga.switches.on.clear();
    expect(await startSaga(saga)(saga.payment_id)).toBe("started");
  });

  it("puts nothing back that is on its way already", async () => {
    const saga = await queued();
    await outage(saga);
    saga.payments.alter(saga.payment_id, { status: "PROCESSING", owner_execution: saga.payment_id });
    expect(await startSaga(saga)(saga.payment_id)).toBe("not-needed");
    expect(saga.sagas.queued).toEqual([]);
  });
});

describe("the sweep while starts are held", () => {
  it("queues no second start for what waits on purpose, and finds afterwards what was never started", async () => {
    const saga = await CardSaga.accepted();
    saga.clock.advance(120_000);
    await outage(saga);
    const sweep = sweepPayments({ ...saga, shards: 1, until: Number.POSITIVE_INFINITY });
    expect((await sweep()).queued).toBe(0);
    await saga.breaker.report(CARD_PROVIDER, "answered");
    expect((await sweep()).queued).toBe(1);
  });
});

describe("a step of the saga while the provider's breaker is open", () => {
  it.each([
    ["authorize-payment", "validate-payment", "authorize"],
    ["capture-payment", "post-ledger", "capture"],
  ] as const)("%s writes no intent and calls nobody, and goes on afterwards", async (step, before, call) => {
    const saga = await CardSaga.after(before);
    await outage(saga);
    expect(await saga.fail(step)).toBe("ProviderUnavailable");
    expect(saga.calls(call)).toBe(0);
    expect((await saga.payment()).marks.intent[step]).toBeUndefined();
    await saga.breaker.report(nameOf(saga), "answered");
    await saga.run(step);
    expect(saga.calls(call)).toBe(1);
  });

  it.each([
    ["authorize-payment", "validate-payment", "authorize"],
    ["capture-payment", "post-ledger", "capture"],
  ] as const)("%s finds out what became of an earlier intent all the same", async (step, before, call) => {
    const saga = await CardSaga.after(before);
    saga.provider.next(call, "lose");
    expect(await saga.fail(step)).toBe("OutcomeUnknown");
    await outage(saga);
    await saga.run(step);
    expect([saga.calls(call), saga.calls("find")]).toEqual([1, 1]);
  });

  it("void-authorization and resolve-capture always try", async () => {
    const saga = await CardSaga.after("post-ledger");
    saga.provider.next("capture", "unavailable");
    await saga.fail("capture-payment");
    await outage(saga);
    expect(await saga.fail("resolve-capture")).toBe("OutcomeAbsent");
    await saga.run("reverse-ledger");
    await outage(saga);
    await saga.run("void-authorization");
    expect([saga.calls("tombstone"), saga.calls("void")]).toEqual([1, 1]);
  });
});

describe("what the breaker hears", () => {
  async function failing(body: Record<string, unknown> = {}, takes_orders = true): Promise<CardSaga> {
    const saga = await CardSaga.after("validate-payment", body);
    saga.provider.nature = { ...saga.provider.nature, takes_orders };
    saga.provider.next(
      "authorize",
      "unavailable",
      "unavailable",
      "unavailable",
      "unavailable",
      "unavailable",
    );
    for (let attempt = 0; attempt < FAILURES_TO_OPEN; attempt++) await saga.fail("authorize-payment");
    return saga;
  }

  it("are calls that the provider did not answer", async () => {
    const saga = await failing();
    expect(await saga.breaker.isOpen(nameOf(saga))).toBe(true);
  });

  it("is nothing of a payment that ordered its own faults", async () => {
    const saga = await failing({ metadata: { sandbox: "unavailable_authorize" } });
    expect(await saga.breaker.isOpen(nameOf(saga))).toBe(false);
  });

  it("is everything of a payment whose orders the provider does not take", async () => {
    const saga = await failing({ metadata: { sandbox: "unavailable_authorize" } }, false);
    expect(await saga.breaker.isOpen(nameOf(saga))).toBe(true);
    await saga.run("void-authorization");
    expect(await saga.breaker.isOpen(nameOf(saga))).toBe(false);
  });

  it("is no failure when the provider answered, whatever the answer", async () => {
    const report = jest.fn<(name: string, health: string) => Promise<void>>(async () => undefined);
    const saga = await CardSaga.after("validate-payment");
    saga.breaker.report = report;
    jest.spyOn(saga.provider, "authorize").mockResolvedValueOnce({ outcome: "unknown", message: "409" });
    await saga.fail("authorize-payment");
    jest.spyOn(saga.provider, "find").mockResolvedValueOnce({ outcome: "unknown", message: "422" });
    await saga.fail("authorize-payment");
    expect(report.mock.calls.map(([, health]) => health)).toEqual(["answered", "answered"]);
  });

  it("is an answer to a void or to a Resolve: it closes the breaker", async () => {
    const saga = await CardSaga.after("authorize-payment");
    await outage(saga);
    await saga.run("void-authorization");
    expect(await saga.breaker.isOpen(nameOf(saga))).toBe(false);
  });
});
