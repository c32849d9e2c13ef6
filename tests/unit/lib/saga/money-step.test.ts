// The one order of the four money steps, and where a step differs from it by name.
import { describe, expect, it, jest } from "@jest/globals";
import { CardSaga } from "../../../support/card-saga.ts";
import { ConversionSaga, OWNER } from "../../../support/conversion-saga.ts";

/** Each step, and a payment that stands right before it. */
const MONEY_STEPS = [
  ["authorize-payment", () => CardSaga.after("validate-payment")],
  ["capture-payment", () => CardSaga.after("post-ledger")],
  ["on-ramp", () => ConversionSaga.after("authorize-conversion")],
  ["off-ramp", () => ConversionSaga.after("on-ramp")],
] as const;

/** What the step does from now on, in its order: its writes, and what it asks of its provider. */
function watch(saga: CardSaga | ConversionSaga): string[] {
  const seen: string[] = [];
  const { begin, mark, commit, recordFailure } = saga.payments;
  saga.payments.begin = async (...beginning) => {
    const begun = await begin.apply(saga.payments, beginning);
    if (begun) seen.push("intent");
    return begun;
  };
  saga.payments.mark = (id, kind, ...rest) => {
    seen.push(kind);
    return mark.call(saga.payments, id, kind, ...rest);
  };
  saga.payments.commit = (payment, transition) => {
    seen.push("transaction");
    return commit.call(saga.payments, payment, transition);
  };
  saga.payments.recordFailure = (...failure) => {
    seen.push("refusal");
    return recordFailure.apply(saga.payments, failure);
  };
  const providers = saga instanceof CardSaga ? [saga.provider] : [saga.seller, saga.payer];
  for (const { calls } of providers) {
    const push = calls.push.bind(calls);
    calls.push = (...made) => {
      seen.push(...made.map((call) => (call.startsWith("find ") ? "query" : "send")));
      return push(...made);
    };
  }
  return seen;
}

describe.each(MONEY_STEPS)("%s", (step, ready) => {
  const run = (saga: CardSaga | ConversionSaga, execution?: string) => saga.run(step as never, execution);
  const fail = (saga: CardSaga | ConversionSaga, execution?: string) => saga.fail(step as never, execution);
  /** The answer to what it sends next. */
  const next = (saga: CardSaga | ConversionSaga, answer: "lose" | "refuse" | "unavailable") => {
    if (saga instanceof CardSaga)
      saga.provider.next(step === "capture-payment" ? "capture" : "authorize", answer);
    else if (step === "on-ramp") saga.seller.next("on_ramp", answer);
    else saga.payer.next("off_ramp", answer);
  };

  it("writes its intent, sends, and records: two writes and one call", async () => {
    const saga = await ready();
    const seen = watch(saga);
    await run(saga);
    expect(seen).toEqual(["intent", "send", "transaction"]);
  });

  it("queries before it sends once an intent stands, and sends nothing that was seen", async () => {
    const saga = await ready();
    next(saga, "lose");
    await fail(saga);
    const seen = watch(saga);
    await run(saga);
    expect(seen).toEqual(["intent", "query", "transaction"]);
  });

  it("queries before it sends once an intent stands, and sends what was not seen", async () => {
    const saga = await ready();
    next(saga, "unavailable");
    await fail(saga);
    const seen = watch(saga);
    await run(saga);
    expect(seen).toEqual(["intent", "query", "send", "transaction"]);
  });

  it("persists a refusal, and records nothing", async () => {
    const saga = await ready();
    next(saga, "refuse");
    const seen = watch(saga);
    await fail(saga);
    expect(seen).toEqual(["intent", "send", "refusal"]);
  });

  it("does nothing once it is done", async () => {
    const saga = await ready();
    await run(saga);
    const seen = watch(saga);
    await run(saga);
    expect(seen).toEqual([]);
  });

  it("ends as superseded for another execution, done or not, and does nothing", async () => {
    const saga = await ready();
    const seen = watch(saga);
    expect(await fail(saga, "attempt-0")).toBe("Superseded");
    expect(seen).toEqual([]);
    await run(saga);
    seen.length = 0;
    expect(await fail(saga, "attempt-0")).toBe("Superseded");
    expect(seen).toEqual([]);
  });

  it("marks that its provider was not to be reached, once, and begins nothing", async () => {
    const saga = await ready();
    jest.spyOn(saga.breaker, "isOpen").mockResolvedValue(true);
    const seen = watch(saga);
    expect(await fail(saga)).toBe("ProviderUnavailable");
    expect(await fail(saga)).toBe("ProviderUnavailable");
    expect(seen).toEqual(["unreached"]);
  });

  it("finds out what became of its intent though its provider is not to be reached", async () => {
    const saga = await ready();
    next(saga, "lose");
    await fail(saga);
    jest.spyOn(saga.breaker, "isOpen").mockResolvedValue(true);
    jest.spyOn(saga.breaker, "admits").mockResolvedValue(false);
    const seen = watch(saga);
    await run(saga);
    expect(seen).toEqual(["intent", "query", "transaction"]);
  });
});

describe("a result whose undo has begun", () => {
  it("is not gone on from where the step can be undone", async () => {
    const authorized = await CardSaga.after("authorize-payment");
    await authorized.tombstone("authorize-payment");
    expect(await authorized.fail("authorize-payment")).toBe("UndoStarted");
    const bought = await ConversionSaga.after("on-ramp");
    await bought.tombstone("on-ramp");
    expect(await bought.fail("on-ramp")).toBe("UndoStarted");
  });

  it("is the answer of a pivot, whose tombstone its Resolve set before it found the result", async () => {
    const captured = await CardSaga.after("post-ledger");
    captured.provider.next("capture", "lose");
    await captured.fail("capture-payment");
    await captured.run("resolve-capture");
    expect((await captured.payment()).marks.tombstone["capture-payment"]).toBeDefined();
    await captured.run("capture-payment");
    const paid = await ConversionSaga.after("off-ramp");
    await paid.tombstone("off-ramp");
    await paid.run("off-ramp");
  });
});

describe("a refusal that was persisted", () => {
  it("is thrown by a ramp's later try, which asks nobody", async () => {
    const bought = await ConversionSaga.after("authorize-conversion");
    bought.seller.next("on_ramp", "refuse");
    await bought.fail("on-ramp");
    const seen = watch(bought);
    expect(await bought.fail("on-ramp")).toBe("OnRampDeclined");
    expect(seen).toEqual([]);
  });

  it("is said again by a card step's later try, which asks nobody", async () => {
    const saga = await CardSaga.after("validate-payment");
    saga.provider.next("authorize", "refuse");
    await saga.fail("authorize-payment");
    const seen = watch(saga);
    expect(await saga.fail("authorize-payment")).toBe("CardDeclined");
    expect(seen).toEqual([]);
  });
});

describe("a parked payment whose execution somebody redrove", () => {
  it("is in work again before its capture, which ends it", async () => {
    const saga = await CardSaga.after("post-ledger");
    await saga.park({ state: "CapturePayment", error: "OutcomeUnknown" });
    const seen = watch(saga);
    await saga.run("capture-payment");
    expect(seen).toEqual(["transaction", "intent", "send", "transaction"]);
    expect((await saga.told()).slice(-2)).toEqual(["resumed", "completed"]);
  });

  it("is put in work by the transaction of a step that does not end it", async () => {
    const saga = await ConversionSaga.after("on-ramp");
    await saga.park({ state: "OffRamp", error: "OutcomeUnknown" });
    await saga.run("off-ramp", OWNER);
    expect((await saga.payment()).status).toBe("PROCESSING");
    expect(await saga.told()).not.toContain("resumed");
  });
});
