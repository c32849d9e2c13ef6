// A ramp that gives another amount than it was asked for: nothing is booked as ours, and a person
// hears of it with both amounts.
import { describe, expect, it, jest } from "@jest/globals";
import { ConversionSaga } from "../../../support/conversion-saga.ts";

/** A success of the question, but for what it gave. */
const short = async (saga: ConversionSaga, operation: "on_ramp" | "off_ramp", missing = 1n) => {
  const said = await saga.saysOf(operation);
  return { outcome: "succeeded" as const, id: "short_1", ...said, received: said.received - missing };
};

describe("a ramp that gave less than it was asked for", () => {
  it("is for a person where it bought, and nothing is in transit by our books", async () => {
    const saga = await ConversionSaga.after("authorize-conversion");
    jest.spyOn(saga.seller, "onRamp").mockResolvedValue(await short(saga, "on_ramp"));
    expect(await saga.fail("on-ramp")).toBe("AnswerDiffers");
    const asked = await saga.asksOf("on_ramp");
    expect((await saga.payment()).facts?.on_ramp?.doubt).toBe(
      `it says receive_amount ${asked - 1n}, and ${asked} was asked for`,
    );
    expect(saga.inTransit()).toBe(0n);
    expect(await saga.payments.inTransit(0, 10)).toEqual([
      expect.objectContaining({ payment_id: saga.payment_id }),
    ]);
  });

  it("is for a person where it paid out, and the payment does not complete", async () => {
    const saga = await ConversionSaga.after("on-ramp");
    jest.spyOn(saga.payer, "offRamp").mockResolvedValue(await short(saga, "off_ramp"));
    expect(await saga.fail("off-ramp")).toBe("AnswerDiffers");
    expect((await saga.payment()).off_ramp_tx_id).toBeUndefined();
  });

  it("is asked by key when it does not say what it gave", async () => {
    const saga = await ConversionSaga.after("authorize-conversion");
    const { received: _, ...mute } = await short(saga, "on_ramp");
    jest.spyOn(saga.seller, "onRamp").mockResolvedValue(mute);
    expect(await saga.fail("on-ramp")).toBe("OutcomeUnknown");
    const paid = await ConversionSaga.after("on-ramp");
    jest.spyOn(paid.payer, "offRamp").mockResolvedValue({ ...mute, id: "mute_1" });
    expect(await paid.fail("off-ramp")).toBe("AnswerDiffers");
  });

  it("is one where it is asked what became of it, and where the undo learns of it", async () => {
    const saga = await ConversionSaga.after("authorize-conversion");
    saga.seller.next("on_ramp", "unavailable");
    await saga.fail("on-ramp");
    saga.seller.books.set(saga.key("on_ramp"), await short(saga, "on_ramp"));
    expect(await saga.fail("resolve-on-ramp")).toBe("AnswerDiffers");
    expect(await saga.fail("reverse-on-ramp")).toBe("AnswerDiffers");
    const paid = await ConversionSaga.after("on-ramp");
    paid.payer.next("off_ramp", "unavailable");
    await paid.fail("off-ramp");
    paid.payer.books.set(paid.key("off_ramp"), await short(paid, "off_ramp"));
    expect(await paid.fail("resolve-off-ramp")).toBe("AnswerDiffers");
  });
});
