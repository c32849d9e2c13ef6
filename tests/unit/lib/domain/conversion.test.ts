// The terms of single conversions, worked out by hand.
import { describe, expect, it } from "@jest/globals";
import { termsOf } from "../../../../functions/lib/domain/conversion.ts";
import { decimalOf, per, ratioOf } from "../../../../functions/lib/domain/ratio.ts";

const flat = (currency: string, price: string) => ({ currency, mid: price, on_ramp: price, off_ramp: price });
const EUR = flat("EUR", "1.1");
const JPY = flat("JPY", "0.0066");
const KWD = flat("KWD", "3.3");
const PRICES = { fee_bps: 50, spread_bps: 30 };

describe("a conversion", () => {
  it("of 10.00 EUR to yen: fee, USDC, payout, spread and residue", () => {
    // 1000 − 5 = 995 cents → 10.945000 USDC → 1658.33 yen; at 166.666… × 0.997 = 166.1666… →
    // 1653.35 yen.
    expect(termsOf({ amount: 1000n, amount_side: "source" }, EUR, JPY, PRICES)).toEqual({
      currency: "EUR",
      destination_currency: "JPY",
      source_amount: 1000n,
      fee: 5n,
      transit_amount: 10_945_000n,
      payout_amount: 1658n,
      destination_amount: 1653n,
      rounding: 1n,
      base_rate: "166.666666666666",
      spread: "0.0030",
      rate: "166.166666666666",
      reference_rate: "166.666666666666",
    });
  });

  it("to dinars keeps their three digits", () => {
    const terms = termsOf({ amount: 1000n, amount_side: "source" }, EUR, KWD, { fee_bps: 0, spread_bps: 0 });
    expect(terms).toMatchObject({
      transit_amount: 11_000_000n,
      payout_amount: 3333n,
      destination_amount: 3333n,
    });
  });

  it("that names the destination's amount delivers exactly that", () => {
    const terms = termsOf({ amount: 1653n, amount_side: "destination" }, EUR, JPY, PRICES);
    expect(terms).toMatchObject({ destination_amount: 1653n, source_amount: 999n, fee: 4n });
  });

  it("to nothing is too small, from either side", () => {
    const tiny = { amount: 1n, amount_side: "source" as const };
    expect(termsOf(tiny, JPY, flat("EUR", "100"), PRICES)).toEqual({ wrong: "too-small" });
    expect(termsOf({ amount: 0n, amount_side: "destination" }, EUR, JPY, PRICES)).toEqual({
      wrong: "too-small",
    });
  });

  it("past the largest amount of a payment is too large, on the side that passes it", () => {
    const most = { amount: 999_999_999_999n, amount_side: "source" as const };
    expect(termsOf(most, EUR, JPY, PRICES)).toEqual({ wrong: "too-large" });
    expect(termsOf({ ...most, amount_side: "destination" }, JPY, EUR, PRICES)).toEqual({
      wrong: "too-large",
    });
  });

  it("whose fee takes everything delivers nothing, whatever is paid", () => {
    const greedy = { fee_bps: 10_000, spread_bps: 0 };
    expect(termsOf({ amount: 1n, amount_side: "destination" }, EUR, JPY, greedy)).toEqual({
      wrong: "too-large",
    });
    expect(termsOf({ amount: 1n, amount_side: "source" }, EUR, JPY, greedy)).toEqual({ wrong: "too-small" });
  });
});

describe("a rate", () => {
  it("is a decimal number and nothing else", () => {
    expect(decimalOf(ratioOf("1.0874"), 4)).toBe("1.0874");
    expect(decimalOf(ratioOf("0.5"), 0)).toBe("0");
    for (const wrong of ["", "-1", "1e3", "1,5", ".5", "1.", "NaN"])
      expect(() => ratioOf(wrong)).toThrow("not a decimal");
  });

  it("of zero divides nothing", () => {
    expect(() => per(ratioOf("1"), ratioOf("0.000"))).toThrow("zero");
  });
});
