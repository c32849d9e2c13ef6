// PostLedger of a conversion: the payout becomes exactly the destination's money, our fee and our
// spread. It is final.
import { describe, expect, it, jest } from "@jest/globals";
import { StoreUnavailable } from "../../../functions/lib/errors/registry.ts";
import { ConversionSaga } from "../../support/conversion-saga.ts";

const STEP = "post-ledger";
const SETTLED = ["accepted", "validated", "held", "on_ramped", "off_ramped", "completed"];

describe("post-ledger of a conversion", () => {
  it("completes the payment with what its quote promised", async () => {
    const saga = await ConversionSaga.after(STEP);
    const { destination_amount, fee } = await saga.quote();
    expect(await saga.payment()).toMatchObject({ status: "COMPLETED", destination_amount, fee });
    expect(saga.sum("acc_b", "JPY")).toBe(destination_amount);
    expect(await saga.told()).toEqual(SETTLED);
  });

  it("completes a payment whose fee is nothing, and repeats itself without a second posting", async () => {
    const saga = await ConversionSaga.after("off-ramp", { amount: 100 });
    await saga.run(STEP);
    expect((await saga.payment()).fee).toBe(0n);
    await saga.run(STEP);
    expect(await saga.told()).toEqual(SETTLED);
  });

  it("posts once when the answer of the store was lost", async () => {
    const saga = await ConversionSaga.after("off-ramp");
    const commit = saga.payments.commit.bind(saga.payments);
    jest.spyOn(saga.payments, "commit").mockImplementationOnce(async (...write) => {
      await commit(...write);
      throw new StoreUnavailable("no answer");
    });
    expect(await saga.fail(STEP)).toBe("StoreUnavailable");
    await saga.run(STEP);
    expect(await saga.told()).toEqual(SETTLED);
  });

  it("completes although the merchant would cancel: the money has left", async () => {
    const saga = await ConversionSaga.after("off-ramp");
    await expect(saga.requestCancel()).rejects.toMatchObject({ name: "CannotCancel" });
    await saga.run(STEP);
    expect((await saga.payment()).status).toBe("COMPLETED");
  });

  it("takes a parked payment up again before it ends it", async () => {
    const saga = await ConversionSaga.after("off-ramp");
    saga.payments.alter(saga.payment_id, { status: "IN_REVIEW" });
    await saga.run(STEP);
    expect((await saga.payment()).status).toBe("COMPLETED");
    expect((await saga.told()).slice(-2)).toEqual(["resumed", "completed"]);
  });

  it("posts nothing before the payout", async () => {
    const saga = await ConversionSaga.after("on-ramp");
    expect(await saga.fail(STEP)).toBe("InvariantBroken");
    expect(saga.sum("acc_b", "JPY")).toBe(0n);
  });

  it("lets a stale owner write nothing", async () => {
    const saga = await ConversionSaga.after("off-ramp");
    const before = await saga.everything();
    expect(await saga.fail(STEP, "attempt-0")).toBe("Superseded");
    expect(await saga.everything()).toEqual(before);
  });
});
