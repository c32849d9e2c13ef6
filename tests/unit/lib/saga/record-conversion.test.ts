// A ramp that gives another amount than it was asked for: nothing is booked as ours, and a person
// hears of it.
import { describe, expect, it, jest } from "@jest/globals";
import { ConversionSaga } from "../../../support/conversion-saga.ts";

const short = (received: bigint) => ({ outcome: "succeeded" as const, id: "short_1", received });

describe("a ramp that gave less than it was asked for", () => {
  it("is a defect where it bought, and nothing is in transit by our books", async () => {
    const saga = await ConversionSaga.after("authorize-conversion");
    const { transit_amount } = await saga.quote();
    jest.spyOn(saga.seller, "onRamp").mockResolvedValue(short(transit_amount - 1n));
    expect(await saga.fail("on-ramp")).toBe("InvariantBroken");
    expect(saga.inTransit()).toBe(0n);
    expect(await saga.payments.inTransit(0, 10)).toEqual([
      expect.objectContaining({ payment_id: saga.payment_id }),
    ]);
  });

  it("is a defect where it paid out, and the payment does not complete", async () => {
    const saga = await ConversionSaga.after("on-ramp");
    const { payout_amount } = await saga.quote();
    jest.spyOn(saga.payer, "offRamp").mockResolvedValue(short(payout_amount - 1n));
    expect(await saga.fail("off-ramp")).toBe("InvariantBroken");
    expect((await saga.payment()).off_ramp_tx_id).toBeUndefined();
  });

  it("is a defect as well when it does not say what it gave", async () => {
    const saga = await ConversionSaga.after("authorize-conversion");
    jest.spyOn(saga.seller, "onRamp").mockResolvedValue({ outcome: "succeeded", id: "mute_1" });
    expect(await saga.fail("on-ramp")).toBe("InvariantBroken");
    const paid = await ConversionSaga.after("on-ramp");
    jest.spyOn(paid.payer, "offRamp").mockResolvedValue({ outcome: "succeeded", id: "mute_1" });
    expect(await paid.fail("off-ramp")).toBe("InvariantBroken");
  });

  it("is one where it is asked what became of it, and where the undo learns of it", async () => {
    const saga = await ConversionSaga.after("authorize-conversion");
    saga.seller.next("on_ramp", "unavailable");
    await saga.fail("on-ramp");
    saga.seller.books.set(saga.key("on_ramp"), short(1n));
    expect(await saga.fail("resolve-on-ramp")).toBe("InvariantBroken");
    expect(await saga.fail("reverse-on-ramp")).toBe("InvariantBroken");
    const paid = await ConversionSaga.after("on-ramp");
    paid.payer.next("off_ramp", "unavailable");
    await paid.fail("off-ramp");
    paid.payer.books.set(paid.key("off_ramp"), short(1n));
    expect(await paid.fail("resolve-off-ramp")).toBe("InvariantBroken");
  });

  it("is one where a webhook reported it, and none where that says the amount asked for", async () => {
    const told = async (missing: bigint) => {
      const saga = await ConversionSaga.after("authorize-conversion");
      saga.seller.next("on_ramp", "pend");
      await saga.fail("on-ramp");
      const received = Number((await saga.quote()).transit_amount - missing);
      await saga.hears({ operation: "on_ramp", state: "succeeded", id: "on_1", received });
      return saga;
    };
    expect(await (await told(1n)).fail("resolve-on-ramp")).toBe("InvariantBroken");
    await (await told(0n)).run("resolve-on-ramp");
  });
});
