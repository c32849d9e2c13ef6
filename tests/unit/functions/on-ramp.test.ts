// OnRamp: it buys once, in time, and never after a refusal.

import { describe, expect, it, jest } from "@jest/globals";
import { FAILURES_TO_OPEN, PACE } from "../../../functions/lib/domain/circuit-breaker.ts";
import { EXECUTION_WINDOW_MS } from "../../../functions/lib/domain/quote.ts";
import { OFF_RAMP_PROVIDER, ON_RAMP_PROVIDER } from "../../../functions/lib/domain/saga-definition.ts";
import { StoreContention, StoreUnavailable } from "../../../functions/lib/errors/registry.ts";
import { ConversionSaga, OWNER } from "../../support/conversion-saga.ts";

const STEP = "on-ramp";
const held = () => ConversionSaga.after("authorize-conversion");
const BOUGHT = ["accepted", "validated", "held", "on_ramped"];

async function isDown(saga: ConversionSaga, provider: string): Promise<void> {
  for (let n = 0; n < FAILURES_TO_OPEN; n++) await saga.breaker.report(provider, "unavailable");
}
const stops = (subject: string) => async (saga: ConversionSaga) =>
  void saga.switches.on.add(`${subject}/stop-pivots`);

describe("on-ramp", () => {
  it("buys the quoted USDC and puts it in transit in the same write", async () => {
    const saga = await held();
    await saga.run(STEP);
    const { transit_amount } = await saga.quote();
    expect(await saga.payment()).toMatchObject({ on_ramp_tx_id: `on-${saga.key("on_ramp")}` });
    expect(saga.inTransit()).toBe(transit_amount);
    expect(await saga.payments.inTransit(0, 10)).toEqual([
      expect.objectContaining({ payment_id: saga.payment_id }),
    ]);
    expect(await saga.told()).toEqual(BOUGHT);
  });

  it("returns its own result when it runs twice, and calls nobody", async () => {
    const saga = await ConversionSaga.after(STEP);
    await saga.run(STEP);
    expect(saga.calls("on_ramp")).toBe(1);
    expect(await saga.told()).toEqual(BOUGHT);
  });

  it("asks by key after a lost answer and does not buy again", async () => {
    const saga = await held();
    saga.seller.next("on_ramp", "lose");
    expect(await saga.fail(STEP)).toBe("OutcomeUnknown");
    await saga.run(STEP);
    expect([saga.calls("on_ramp"), saga.calls("find")]).toEqual([1, 1]);
    expect(await saga.told()).toEqual(BOUGHT);
  });

  it("polls a purchase that settles later", async () => {
    const saga = await held();
    saga.seller.next("on_ramp", "pend");
    expect(await saga.fail(STEP)).toBe("OutcomeUnknown");
    expect(await saga.fail(STEP)).toBe("OutcomeUnknown");
    await saga.settles("on_ramp", "late");
    await saga.run(STEP);
    expect((await saga.payment()).on_ramp_tx_id).toBe("late");
    expect(saga.calls("on_ramp")).toBe(1);
  });

  it("takes what the on-ramp's webhook reported, once it was asked, and sends nothing", async () => {
    const saga = await held();
    const { id } = await saga.hearsOf("on_ramp", "told");
    saga.seller.books.set(saga.key("on_ramp"), {
      outcome: "succeeded",
      id,
      ...(await saga.saysOf("on_ramp")),
    });
    await saga.run(STEP);
    expect((await saga.payment()).on_ramp_tx_id).toBe("told");
    expect(saga.seller.calls).toEqual([`find ${saga.key("on_ramp")}`]);
  });

  it("asks for the amount where the on-ramp's webhook reported the sale, and not how much", async () => {
    const saga = await held();
    saga.seller.next("on_ramp", "lose");
    await saga.fail(STEP);
    await saga.hears({ operation: "on_ramp", state: "succeeded", id: `on-${saga.key("on_ramp")}` });
    saga.seller.down = true;
    expect(await saga.fail(STEP)).toBe("OutcomeUnknown");
    expect(saga.inTransit()).toBe(0n);
    saga.seller.down = false;
    await saga.run(STEP);
    expect(await saga.told()).toEqual(BOUGHT);
  });

  it("persists why the on-ramp declined before it says so, and says so again", async () => {
    const saga = await held();
    saga.seller.next("on_ramp", "refuse");
    expect(await saga.fail(STEP)).toBe("OnRampDeclined");
    expect((await saga.payment()).failure).toEqual({ code: "OnRampDeclined", message: "no", step: STEP });
    expect(await saga.fail(STEP)).toBe("OnRampDeclined");
    expect([saga.calls("on_ramp"), saga.calls("find")]).toEqual([1, 0]);
  });

  it("refuses as QuoteExpired after the execution window, with nothing moved", async () => {
    const saga = await held();
    saga.clock.advance(EXECUTION_WINDOW_MS + 1);
    expect(await saga.fail(STEP)).toBe("QuoteExpired");
    expect(await saga.payment()).toMatchObject({ failure: { code: "QuoteExpired", step: STEP } });
    expect((await saga.payment()).marks.intent[STEP]).toBeUndefined();
    expect(saga.seller.calls).toEqual([]);
    expect(await saga.fail(STEP)).toBe("QuoteExpired");
  });

  it("buys in the last moment of the window", async () => {
    const saga = await held();
    const { created_at } = await saga.quote();
    saga.clock.advance(Date.parse(created_at) + EXECUTION_WINDOW_MS - saga.clock.now() - 1);
    await saga.run(STEP);
    expect(saga.calls("on_ramp")).toBe(1);
  });

  it("sends nothing after the window, but still learns of what was sent in it", async () => {
    const lost = await held();
    lost.seller.next("on_ramp", "lose");
    await lost.fail(STEP);
    lost.clock.advance(EXECUTION_WINDOW_MS + 1);
    await lost.run(STEP);
    expect(lost.calls("on_ramp")).toBe(1);
    const unseen = await held();
    unseen.seller.next("on_ramp", "unavailable");
    await unseen.fail(STEP);
    unseen.clock.advance(EXECUTION_WINDOW_MS + 1);
    expect(await unseen.fail(STEP)).toBe("OutcomeUnknown");
    expect(unseen.calls("on_ramp")).toBe(1);
  });

  it("does not call a payment expired whose purchase another try has begun", async () => {
    const saga = await held();
    saga.clock.advance(EXECUTION_WINDOW_MS + 1);
    const record = saga.payments.recordFailure.bind(saga.payments);
    jest.spyOn(saga.payments, "recordFailure").mockImplementationOnce(async (...refusal) => {
      await saga.payments.mark(saga.payment_id, "intent", STEP, { execution: OWNER, step: STEP });
      return record(...refusal);
    });
    expect(await saga.fail(STEP)).toBe("StoreContention");
    expect((await saga.payment()).failure).toBeUndefined();
  });

  it("buys nothing in a try that comes to its intent after another one refused", async () => {
    const saga = await held();
    jest.spyOn(saga.payments, "begin").mockResolvedValueOnce(undefined);
    const mark = saga.payments.mark.bind(saga.payments);
    jest.spyOn(saga.payments, "mark").mockImplementationOnce(async (...intent) => {
      const failure = { code: "QuoteExpired", message: "another try", step: STEP };
      await saga.payments.recordFailure(saga.payment_id, failure, { execution: OWNER, decides: STEP });
      return mark(...intent);
    });
    expect(await saga.fail(STEP)).toBe("StoreContention");
    expect(saga.seller.calls).toEqual([]);
    expect(await saga.fail(STEP)).toBe("QuoteExpired");
  });

  it.each([
    ["the on-ramp's breaker is open", (saga: ConversionSaga) => isDown(saga, ON_RAMP_PROVIDER)],
    ["the off-ramp's breaker is open", (saga: ConversionSaga) => isDown(saga, OFF_RAMP_PROVIDER)],
    ["payouts are stopped on the rail", stops("stablecoin")],
    ["payouts are stopped at the off-ramp", stops(OFF_RAMP_PROVIDER)],
  ])("buys nothing, and keeps nothing back that was asked for, while %s", async (_, trouble) => {
    const saga = await held();
    await trouble(saga);
    expect(await saga.fail(STEP)).toBe("ProviderUnavailable");
    expect((await saga.payment()).marks.intent[STEP]).toBeUndefined();
    expect(saga.seller.calls).toEqual([]);
    await saga.payments.mark(saga.payment_id, "intent", STEP, { execution: OWNER, step: STEP });
    await saga.run(STEP);
    expect([saga.calls("find"), saga.calls("on_ramp")]).toEqual([1, 1]);
  });

  it("buys one at a time while the off-ramp is only tried again: what each of them buys waits there", async () => {
    const saga = await held();
    await isDown(saga, OFF_RAMP_PROVIDER);
    saga.clock.advance(PACE.firstHold);
    expect(await saga.breaker.admits(OFF_RAMP_PROVIDER)).toBe(true);
    expect(await saga.fail(STEP)).toBe("ProviderUnavailable");
    expect(saga.seller.calls).toEqual([]);
    saga.clock.advance(PACE.probeEvery);
    await saga.run(STEP);
    expect(saga.calls("on_ramp")).toBe(1);
  });

  it("buys once payouts are no longer stopped, and is undone with nothing moved where they stay so", async () => {
    const saga = await held();
    saga.switches.on.add("stablecoin/stop-pivots");
    await saga.fail(STEP);
    saga.switches.on.clear();
    await saga.run(STEP);
    const stopped = await held();
    stopped.switches.on.add("stablecoin/stop-pivots");
    await stopped.fail(STEP);
    expect(await stopped.fail("resolve-on-ramp")).toBe("OutcomeAbsent");
    for (const undo of ["reverse-on-ramp", "release-hold", "fail-payment"] as const) await stopped.run(undo);
    expect([(await stopped.payment()).status, stopped.sum("acc_a", "EUR")]).toEqual(["FAILED", 0n]);
    expect(stopped.seller.calls).toEqual([]);
  });

  it("buys nothing once its undo has begun or the merchant withdrew", async () => {
    const undone = await held();
    await undone.tombstone(STEP);
    expect(await undone.fail(STEP)).toBe("UndoStarted");
    const withdrawn = await held();
    await withdrawn.requestCancel();
    expect(await withdrawn.fail(STEP)).toBe("CancelRequested");
    expect([...undone.seller.calls, ...withdrawn.seller.calls]).toEqual([]);
  });

  it("does not go on with what was bought once its sale has begun", async () => {
    const saga = await ConversionSaga.after(STEP);
    await saga.tombstone(STEP);
    expect(await saga.fail(STEP)).toBe("UndoStarted");
  });

  it.each([
    ["contention", new StoreContention("busy")],
    ["a lost answer of the store", new StoreUnavailable("no answer")],
  ])("turns %s after the call into OutcomeUnknown, then asks and does not buy again", async (_, error) => {
    const saga = await held();
    jest.spyOn(saga.payments, "commit").mockRejectedValueOnce(error);
    expect(await saga.fail(STEP)).toBe("OutcomeUnknown");
    await saga.run(STEP);
    expect([saga.calls("on_ramp"), saga.calls("find")]).toEqual([1, 1]);
  });

  it("lets a stale owner write nothing and call nobody", async () => {
    const saga = await held();
    const before = await saga.everything();
    expect(await saga.fail(STEP, "attempt-0")).toBe("Superseded");
    expect(await saga.everything()).toEqual(before);
  });
});
