// ResolveOnRamp: what became of an uncertain purchase.
import { describe, expect, it } from "@jest/globals";
import { ConversionSaga, OWNER } from "../../support/conversion-saga.ts";
import type { Scripted } from "../../support/memory/memory-books.ts";

const STEP = "resolve-on-ramp";

/** A payment whose purchase went like this, and whose step does not know. */
async function uncertain(how: Scripted): Promise<ConversionSaga> {
  const saga = await ConversionSaga.after("authorize-conversion");
  saga.seller.next("on_ramp", how);
  await saga.fail("on-ramp");
  return saga;
}

describe("resolve-on-ramp", () => {
  it("records a purchase whose answer was lost, and marks nothing", async () => {
    const saga = await uncertain("lose");
    await saga.run(STEP);
    expect(await saga.payment()).toMatchObject({ on_ramp_tx_id: `on-${saga.key("on_ramp")}` });
    expect((await saga.payment()).marks.tombstone).toEqual({});
    expect(saga.inTransit()).toBeGreaterThan(0n);
    await saga.run("off-ramp");
  });

  it("awaits a purchase that settles later, and records it then", async () => {
    const saga = await uncertain("pend");
    expect(await saga.fail(STEP)).toBe("OutcomePending");
    await saga.settles("on_ramp", "late");
    await saga.run(STEP);
    expect((await saga.payment()).on_ramp_tx_id).toBe("late");
  });

  it("goes on awaiting while the on-ramp does not answer", async () => {
    const saga = await uncertain("lose");
    saga.seller.down = true;
    expect(await saga.fail(STEP)).toBe("OutcomePending");
  });

  it("finds absent what the on-ramp has never seen, and what nobody intended", async () => {
    expect(await (await uncertain("unavailable")).fail(STEP)).toBe("OutcomeAbsent");
    const unintended = await ConversionSaga.after("authorize-conversion");
    expect(await unintended.fail(STEP)).toBe("OutcomeAbsent");
    expect(unintended.seller.calls).toEqual([]);
  });

  it("persists why a purchase that settled was refused", async () => {
    const saga = await uncertain("pend");
    saga.seller.settle(saga.key("on_ramp"), { outcome: "refused", message: "the price moved" });
    expect(await saga.fail(STEP)).toBe("OutcomeAbsent");
    expect((await saga.payment()).failure).toMatchObject({
      code: "OnRampDeclined",
      message: "the price moved",
    });
  });

  it("believes what the on-ramp reported rather than that it knows nothing", async () => {
    const saga = await uncertain("unavailable");
    const at = new Date(saga.clock.now()).toISOString();
    await saga.payments.recordFact(saga.payment_id, { operation: "on_ramp", state: "pending", id: "p", at });
    expect(await saga.fail(STEP)).toBe("OutcomePending");
  });

  it("passes over a purchase that is recorded, and asks nobody", async () => {
    const saga = await ConversionSaga.after("on-ramp");
    await saga.run(STEP);
    expect(saga.calls("find")).toBe(0);
  });

  it("does not go on with what was bought once its sale has begun", async () => {
    const saga = await ConversionSaga.after("on-ramp");
    await saga.tombstone("on-ramp");
    expect(await saga.fail(STEP)).toBe("OutcomeAbsent");
  });

  it("lets a stale owner write nothing and ask nobody", async () => {
    const saga = await uncertain("lose");
    const before = await saga.everything();
    expect(await saga.fail(STEP, "attempt-0")).toBe("Superseded");
    expect(await saga.everything()).toEqual(before);
    expect((await saga.payment()).owner_execution).toBe(OWNER);
  });
});
