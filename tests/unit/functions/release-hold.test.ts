// ReleaseHold: the source account gets its funds back once, and only when nothing stands that was
// bought with them.
import { describe, expect, it, jest } from "@jest/globals";
import { ConversionSaga } from "../../support/conversion-saga.ts";

const STEP = "release-hold";
const RELEASED = ["accepted", "validated", "held", "hold_released"];

describe("release-hold", () => {
  it("gives the source account its funds back, to the unit", async () => {
    const saga = await ConversionSaga.after("authorize-conversion");
    await saga.run(STEP);
    expect([saga.sum("acc_a", "EUR"), saga.sum("house/clearing", "EUR")]).toEqual([0n, 0n]);
    expect(await saga.told()).toEqual(RELEASED);
  });

  it("gives them back once when it runs twice", async () => {
    const saga = await ConversionSaga.after("authorize-conversion");
    await saga.run(STEP);
    await saga.run(STEP);
    expect(await saga.told()).toEqual(RELEASED);
  });

  it("writes nothing but its tombstone where nothing was held", async () => {
    const saga = await ConversionSaga.after("validate-payment");
    await saga.run(STEP);
    expect(await saga.told()).toEqual(["accepted", "validated"]);
    expect(await saga.fail("authorize-conversion")).toBe("UndoStarted");
  });

  it("stops a hold that is under way", async () => {
    const saga = await ConversionSaga.after("validate-payment");
    const commit = saga.payments.commit.bind(saga.payments);
    jest.spyOn(saga.payments, "commit").mockImplementationOnce(async (...write) => {
      await saga.run(STEP);
      return commit(...write);
    });
    expect(await saga.fail("authorize-conversion")).toBe("UndoStarted");
    expect(saga.payments.journals.size).toBe(0);
  });

  it("releases nothing while what the on-ramp sold stands", async () => {
    const saga = await ConversionSaga.after("on-ramp");
    expect(await saga.fail(STEP)).toBe("InvariantBroken");
    expect(saga.sum("acc_a", "EUR")).toBe(-1000n);
  });

  it("lets a stale owner write nothing", async () => {
    const saga = await ConversionSaga.after("authorize-conversion");
    const before = await saga.everything();
    expect(await saga.fail(STEP, "attempt-0")).toBe("Superseded");
    expect(await saga.everything()).toEqual(before);
  });
});
