// A money step begins before it has read its payment. Whatever stands in the way by then, the write
// refuses, and the step looks: what it says, writes and sends is what it always did.
import { describe, expect, it, jest } from "@jest/globals";
import { FAILURES_TO_OPEN, PACE } from "../../../../functions/lib/domain/circuit-breaker.ts";
import type { PaymentRecord } from "../../../../functions/lib/domain/payment.ts";
import { EXECUTION_WINDOW_MS } from "../../../../functions/lib/domain/quote.ts";
import { OFF_RAMP_PROVIDER } from "../../../../functions/lib/domain/saga-definition.ts";
import { StoreUnavailable } from "../../../../functions/lib/errors/registry.ts";
import { CardSaga } from "../../../support/card-saga.ts";
import { ConversionSaga, OWNER } from "../../../support/conversion-saga.ts";

type Saga = CardSaga | ConversionSaga;

/** The steps that begin unseen, and a payment that stands right before each. */
const STEPS = [
  ["authorize-payment", "authorize", (body?: object) => CardSaga.after("validate-payment", { ...body })],
  ["capture-payment", "capture", (body?: object) => CardSaga.after("post-ledger", { ...body })],
  ["on-ramp", "on_ramp", (body?: object) => ConversionSaga.after("authorize-conversion", { ...body })],
  ["off-ramp", "off_ramp", (body?: object) => ConversionSaga.after("on-ramp", { ...body })],
] as const;

const looks = (saga: Saga) => jest.spyOn(saga.payments, "load");
const sent = (saga: Saga, operation: string): number =>
  saga.asked().filter((call) => call.startsWith(`${operation} `)).length;

/** Right before the write that begins the step, something else happens to the payment. */
function justBefore(saga: Saga, happens: () => Promise<unknown>): void {
  const begin = saga.payments.begin.bind(saga.payments);
  jest.spyOn(saga.payments, "begin").mockImplementationOnce(async (...beginning) => {
    await happens();
    return begin(...beginning);
  });
}

describe.each(STEPS)("%s", (step, operation, ready) => {
  const run = (saga: Saga, execution?: string) => saga.run(step as never, execution);
  const fail = (saga: Saga, execution?: string) => saga.fail(step as never, execution);
  const alter = (saga: Saga, change: Partial<PaymentRecord>) => saga.payments.alter(saga.payment_id, change);

  it("reads nothing where nothing stands in its way", async () => {
    const saga = await ready();
    const load = looks(saga);
    await run(saga);
    expect(load).not.toHaveBeenCalled();
    expect(sent(saga, operation)).toBe(1);
  });

  it("sends what the merchant said in metadata, which lies beside the payment", async () => {
    const saga = await ready({ metadata: { order: "7" } });
    const load = looks(saga);
    const begun = jest.spyOn(saga.payments, "begin");
    await run(saga);
    expect(await begun.mock.results[0]?.value).toMatchObject({ metadata: { order: "7" } });
    expect(load).not.toHaveBeenCalled();
  });

  it.each<[string, string, (saga: Saga) => Promise<unknown>]>([
    ["its undo has begun", "UndoStarted", (saga) => saga.tombstone(step)],
    ["the merchant has withdrawn it", "CancelRequested", (saga) => saga.requestCancel()],
    [
      "another execution owns it",
      "Superseded",
      async (saga) => alter(saga, { owner_execution: "attempt-2" }),
    ],
    [
      "the provider contradicts itself",
      "ContradictionStands",
      async (saga) => alter(saga, { disputed: [operation] }),
    ],
    [
      "another try was refused",
      "ProviderRejected",
      async (saga) => alter(saga, { failure: { code: "ProviderRejected", message: "no", step } }),
    ],
    [
      "another try's refusal is in doubt",
      "RefusalUnsettled",
      async (saga) => alter(saga, { doubted_refusal: { code: "ProviderRejected", message: "no", step } }),
    ],
  ])("sends nothing where %s by the time of its write, and says %s", async (_, error, happens) => {
    const saga = await ready();
    justBefore(saga, () => happens(saga));
    expect(await fail(saga)).toBe(error);
    expect(sent(saga, operation)).toBe(0);
    expect((await saga.payment()).marks.intent[step]).toBeUndefined();
  });

  it("does not go on from a result that is being undone", async () => {
    const before = { "capture-payment": "authorize-payment", "off-ramp": "on-ramp" } as const;
    if (step === "authorize-payment" || step === "on-ramp") return;
    const saga = await ready();
    justBefore(saga, () => saga.tombstone(before[step]));
    expect(await fail(saga)).toBe("UndoStarted");
    expect(sent(saga, operation)).toBe(0);
    expect((await saga.payment()).marks.intent[step]).toBeUndefined();
  });

  it("queries, and does not send again, where another try has sent meanwhile", async () => {
    const saga = await ready();
    justBefore(saga, async () => {
      jest.spyOn(saga.payments, "commit").mockRejectedValueOnce(new StoreUnavailable("no answer"));
      expect(await fail(saga)).toBe("OutcomeUnknown");
    });
    await run(saga);
    expect([sent(saga, operation), sent(saga, "find")]).toEqual([1, 1]);
  });

  it("queries before it sends where the answer to its own intent was lost", async () => {
    const saga = await ready();
    const begin = saga.payments.begin.bind(saga.payments);
    jest.spyOn(saga.payments, "begin").mockImplementationOnce(async (...beginning) => {
      await begin(...beginning);
      throw new StoreUnavailable("the answer was lost");
    });
    expect(await fail(saga)).toBe("StoreUnavailable");
    expect(sent(saga, operation)).toBe(0);
    await run(saga);
    expect([sent(saga, operation), sent(saga, "find")]).toEqual([1, 1]);
  });

  it("looks at a payment that a provider told of, and queries instead of sending", async () => {
    const saga = await ready();
    await saga.hears({ operation, state: "pending", id: "told" });
    expect(await fail(saga)).toBe("OutcomeUnknown");
    expect([sent(saga, operation), sent(saga, "find")]).toEqual([0, 1]);
  });

  it("sends once in two tries at once", async () => {
    const saga = await ready();
    const input = { payment_id: saga.payment_id, execution: OWNER };
    const tries = [saga.perform(step as never, input), saga.perform(step as never, input)];
    await Promise.allSettled(tries);
    await run(saga);
    expect(sent(saga, operation)).toBe(1);
  });

  it("writes no intent while its provider is not to be reached, whoever asks", async () => {
    const saga = await ready();
    const begin = jest.spyOn(saga.payments, "begin");
    jest.spyOn(saga.breaker, "isOpen").mockResolvedValue(true);
    expect(await fail(saga)).toBe("ProviderUnavailable");
    expect(await fail(saga, "attempt-0")).toBe("Superseded");
    expect(begin).not.toHaveBeenCalled();
  });
});

describe("on-ramp", () => {
  const STEP = "on-ramp";
  /** A payment whose saga made its quote so long after its acceptance. */
  async function held(waited: number): Promise<ConversionSaga> {
    const saga = await ConversionSaga.after("validate-payment");
    saga.clock.advance(waited);
    await saga.run("authorize-conversion");
    return saga;
  }

  it("looks at a payment that was accepted too long ago, and buys by a quote that came later", async () => {
    const saga = await held(EXECUTION_WINDOW_MS + 1);
    const load = looks(saga);
    await saga.run(STEP);
    expect(load).toHaveBeenCalledTimes(1);
    expect(sent(saga, "on_ramp")).toBe(1);
  });

  it("takes a probe's place once in a try, so that an old payment is one too", async () => {
    const saga = await held(EXECUTION_WINDOW_MS + 1);
    for (let n = 0; n < FAILURES_TO_OPEN; n++) await saga.breaker.report(OFF_RAMP_PROVIDER, "unavailable");
    saga.clock.advance(PACE.firstHold);
    await saga.run(STEP);
    expect(sent(saga, "on_ramp")).toBe(1);
  });

  it("sends nothing where the window ends between its intent and the look at the quote", async () => {
    const saga = await held(0);
    const begin = saga.payments.begin.bind(saga.payments);
    jest.spyOn(saga.payments, "begin").mockImplementationOnce(async (...beginning) => {
      const begun = await begin(...beginning);
      saga.clock.advance(EXECUTION_WINDOW_MS + 1);
      return begun;
    });
    expect(await saga.fail(STEP)).toBe("OutcomeUnknown");
    expect(await saga.fail("resolve-on-ramp")).toBe("OutcomeAbsent");
    expect(sent(saga, "on_ramp")).toBe(0);
  });
});
