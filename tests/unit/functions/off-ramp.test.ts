// OffRamp, the pivot: it pays out once, and never for USDC that is being sold back.
import { describe, expect, it, jest } from "@jest/globals";
import { OFF_RAMP_PROVIDER, ON_RAMP_PROVIDER } from "../../../functions/lib/domain/saga-definition.ts";
import { StoreContention } from "../../../functions/lib/errors/registry.ts";
import { ConversionSaga, OWNER } from "../../support/conversion-saga.ts";

const STEP = "off-ramp";
const inTransit = () => ConversionSaga.after("on-ramp");
const PAID = ["accepted", "validated", "held", "on_ramped", "off_ramped"];

describe("off-ramp", () => {
  it("pays out and leaves nothing in transit in the same write", async () => {
    const saga = await inTransit();
    await saga.run(STEP);
    expect(await saga.payment()).toMatchObject({
      status: "PROCESSING",
      off_ramp_tx_id: `off-${saga.key("off_ramp")}`,
    });
    expect(saga.inTransit()).toBe(0n);
    expect(await saga.payments.inTransit(0, 10)).toEqual([]);
    expect(saga.sum("house/payout", "JPY")).toBe((await saga.quote()).payout_amount);
    expect(await saga.told()).toEqual(PAID);
  });

  it("returns its own result when it runs twice, and calls nobody", async () => {
    const saga = await ConversionSaga.after(STEP);
    await saga.run(STEP);
    expect(saga.calls("off_ramp")).toBe(1);
    expect(await saga.told()).toEqual(PAID);
  });

  it("asks by key after a lost answer and does not pay out again", async () => {
    const saga = await inTransit();
    saga.payer.next("off_ramp", "lose");
    expect(await saga.fail(STEP)).toBe("OutcomeUnknown");
    await saga.run(STEP);
    expect([saga.calls("off_ramp"), saga.calls("find")]).toEqual([1, 1]);
  });

  it("polls a payout that settles later", async () => {
    const saga = await inTransit();
    saga.payer.next("off_ramp", "pend");
    expect(await saga.fail(STEP)).toBe("OutcomeUnknown");
    await saga.settles("off_ramp", "late");
    await saga.run(STEP);
    expect((await saga.payment()).off_ramp_tx_id).toBe("late");
  });

  it("persists why the off-ramp declined before it says so, and says so again", async () => {
    const saga = await inTransit();
    saga.payer.next("off_ramp", "refuse");
    expect(await saga.fail(STEP)).toBe("OffRampDeclined");
    expect((await saga.payment()).failure).toEqual({ code: "OffRampDeclined", message: "no", step: STEP });
    expect(await saga.fail(STEP)).toBe("OffRampDeclined");
    expect(saga.calls("off_ramp")).toBe(1);
  });

  it("begins nothing while its own breaker is open, whatever the on-ramp's says", async () => {
    const saga = await inTransit();
    for (let n = 0; n < 5; n++) await saga.breaker.report(OFF_RAMP_PROVIDER, "unavailable");
    expect(await saga.fail(STEP)).toBe("ProviderUnavailable");
    expect(saga.payer.calls).toEqual([]);
    const other = await inTransit();
    for (let n = 0; n < 5; n++) await other.breaker.report(ON_RAMP_PROVIDER, "unavailable");
    await other.run(STEP);
  });

  it("begins nothing while the rail's pivots are stopped, and follows up what was begun", async () => {
    const saga = await inTransit();
    saga.switches.on.add("stablecoin/stop-pivots");
    expect(await saga.fail(STEP)).toBe("ProviderUnavailable");
    expect(saga.payer.calls).toEqual([]);
    await saga.payments.mark(saga.payment_id, "intent", STEP, { execution: OWNER, step: STEP });
    await saga.run(STEP);
  });

  it("throws CancelRequested and pays nothing when the merchant withdrew before its intent", async () => {
    const saga = await inTransit();
    await saga.requestCancel();
    expect(await saga.fail(STEP)).toBe("CancelRequested");
    expect(saga.payer.calls).toEqual([]);
  });

  it.each(["off-ramp", "on-ramp"] as const)("pays nothing when the undo of %s has begun", async (step) => {
    const saga = await inTransit();
    await saga.tombstone(step);
    expect(await saga.fail(STEP)).toBe("UndoStarted");
    expect(saga.payer.calls).toEqual([]);
  });

  it("pays nothing in a try that comes to its intent after another one was refused", async () => {
    const saga = await inTransit();
    const begin = saga.payments.begin.bind(saga.payments);
    jest.spyOn(saga.payments, "begin").mockImplementationOnce(async (...intent) => {
      const failure = { code: "OffRampDeclined", message: "another try", step: STEP };
      await saga.payments.recordFailure(saga.payment_id, failure, { execution: OWNER, step: STEP });
      return begin(...intent);
    });
    expect(await saga.fail(STEP)).toBe("OffRampDeclined");
    expect(saga.payer.calls).toEqual([]);
  });

  it("fails as a defect when nothing was bought, and calls nobody", async () => {
    const saga = await ConversionSaga.after("authorize-conversion");
    expect(await saga.fail(STEP)).toBe("InvariantBroken");
    expect(saga.payer.calls).toEqual([]);
  });

  it("turns contention after the call into OutcomeUnknown, then asks and does not pay again", async () => {
    const saga = await inTransit();
    jest.spyOn(saga.payments, "commit").mockRejectedValueOnce(new StoreContention("busy"));
    expect(await saga.fail(STEP)).toBe("OutcomeUnknown");
    await saga.run(STEP);
    expect([saga.calls("off_ramp"), saga.calls("find")]).toEqual([1, 1]);
  });

  it("lets a stale owner write nothing and call nobody", async () => {
    const saga = await inTransit();
    const before = await saga.everything();
    expect(await saga.fail(STEP, "attempt-0")).toBe("Superseded");
    expect(await saga.everything()).toEqual(before);
  });
});
