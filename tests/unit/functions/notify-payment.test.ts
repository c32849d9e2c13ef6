// NotifyPayment marks the announcement and touches nothing else.
import { describe, expect, it, jest } from "@jest/globals";
import { StoreUnavailable } from "../../../functions/lib/errors/registry.ts";
import { CardSaga } from "../../support/card-saga.ts";

const STEP = "notify-payment";
const NOTIFIED = ["accepted", "validated", "authorized", "posted", "completed", "notified"];

describe("notify-payment", () => {
  it("tells that the completion is announced and leaves the payment completed", async () => {
    const saga = await CardSaga.after("capture-payment");
    await saga.run(STEP);
    expect((await saga.payment()).status).toBe("COMPLETED");
    expect(await saga.told()).toEqual(NOTIFIED);
  });

  it("announces once when it runs twice, its first answer lost", async () => {
    const saga = await CardSaga.after("capture-payment");
    const commit = saga.payments.commit.bind(saga.payments);
    jest.spyOn(saga.payments, "commit").mockImplementationOnce(async (...write) => {
      await commit(...write);
      throw new StoreUnavailable("no answer");
    });
    expect(await saga.fail(STEP)).toBe("StoreUnavailable");
    await saga.run(STEP);
    expect(await saga.told()).toEqual(NOTIFIED);
  });

  it("leaves a completed payment untouched when it fails", async () => {
    const saga = await CardSaga.after("capture-payment");
    const before = await saga.everything();
    jest.spyOn(saga.payments, "commit").mockRejectedValueOnce(new StoreUnavailable("down"));
    expect(await saga.fail(STEP)).toBe("StoreUnavailable");
    expect(await saga.everything()).toEqual(before);
  });

  it("ends a stale execution as superseded even when the owner has announced already", async () => {
    const saga = await CardSaga.after("notify-payment");
    const before = await saga.everything();
    expect(await saga.fail(STEP, "attempt-0")).toBe("Superseded");
    expect(await saga.everything()).toEqual(before);
  });

  it("lets a stale owner write nothing", async () => {
    const saga = await CardSaga.after("capture-payment");
    const before = await saga.everything();
    expect(await saga.fail(STEP, "attempt-0")).toBe("Superseded");
    expect(await saga.everything()).toEqual(before);
  });
});
