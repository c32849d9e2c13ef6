// The market: the same prices for everybody at one moment, others later, and fills that keep to
// them.
import { describe, expect, it } from "@jest/globals";
import { codes } from "currency-codes";
import { digitsOf } from "../../../../functions/lib/domain/currencies.ts";
import { Market } from "../../../../functions/lib/sandbox/prices.ts";

const at = (now: number, crashed = false) =>
  new Market(
    () => now,
    () => crashed,
  );
const priceOf = (market: Market, currency = "EUR") => {
  const prices = market.prices(currency);
  if (!prices) throw new Error(`${currency} is not traded`);
  return prices;
};
const number = (price: string) => Number(price);

describe("the market", () => {
  it("says the same to everybody at one moment, and moves", () => {
    expect(priceOf(at(1_000))).toEqual(priceOf(at(1_000)));
    const seen = new Set([0, 60_000, 120_000, 240_000].map((now) => priceOf(at(now)).mid));
    expect(seen.size).toBe(4);
  });

  it("swings by no more than half a percent, and comes back", () => {
    const mids = Array.from({ length: 600 }, (_, second) => number(priceOf(at(second * 1_000)).mid));
    const [low, high] = [Math.min(...mids), Math.max(...mids)];
    expect(high / low).toBeGreaterThan(1.009);
    expect(high / low).toBeLessThan(1.0101);
    expect(priceOf(at(600_000))).toEqual(priceOf(at(0)));
  });

  it("gives a little less than the middle and takes a little more", () => {
    for (const currency of ["EUR", "JPY", "KWD", "IDR"]) {
      const { mid, on_ramp, off_ramp } = priceOf(at(5_000), currency);
      expect(number(on_ramp)).toBeLessThan(number(mid));
      expect(number(off_ramp)).toBeGreaterThan(number(mid));
    }
  });

  it("trades no currency that is not on its list", () => {
    expect(at(0).prices("XAU")).toBeUndefined();
    expect(at(0).prices("constructor")).toBeUndefined();
    expect(at(0).fills("on_ramp", { amount: 1n, currency: "XAU" }, 1n)).toBe(false);
    expect(at(0).soldFor(1n, "XAU")).toBeUndefined();
  });

  it("fills what it quoted all through the time a quote may take, and not after a crash", () => {
    const euros = { amount: 100_000n, currency: "EUR" };
    const usdc = BigInt(Math.floor(100_000 * Number(priceOf(at(0)).on_ramp) * 10_000));
    for (let minute = 0; minute < 16; minute += 1)
      expect(at(minute * 60_000).fills("on_ramp", euros, usdc)).toBe(true);
    expect(at(0, true).fills("on_ramp", euros, usdc)).toBe(false);
    const paid = BigInt(Math.ceil(100_000 * Number(priceOf(at(0)).off_ramp) * 10_000));
    expect(at(0).fills("off_ramp", euros, paid)).toBe(true);
    expect(at(0, true).fills("off_ramp", euros, paid)).toBe(false);
  });

  it("refuses a fill that was never quoted", () => {
    expect(at(0).fills("on_ramp", { amount: 100n, currency: "USD" }, 2_000_000n)).toBe(false);
    expect(at(0).fills("off_ramp", { amount: 200n, currency: "USD" }, 1_000_000n)).toBe(false);
  });

  it("buys back for less than it sold", () => {
    const market = at(0);
    const usdc = BigInt(Math.floor(1_000 * Number(priceOf(market).on_ramp) * 10_000));
    const back = market.soldFor(usdc, "EUR") ?? 0n;
    expect(back).toBeLessThan(1_000n);
    expect(back).toBeGreaterThan(990n);
    expect(market.soldFor(1_000_000n, "JPY")).toBeGreaterThan(140n);
  });

  it("counts every currency in the minor units that Contra counts it in", () => {
    const traded = codes().filter((currency) => at(0).prices(currency));
    expect(traded).toHaveLength(20);
    for (const currency of traded) {
      const sold = Number(at(0).soldFor(1_000_000_000_000n, currency));
      const wanted = (1_000_000 / number(priceOf(at(0), currency).off_ramp)) * 10 ** digitsOf(currency);
      expect(sold / wanted).toBeCloseTo(1, 4);
    }
  });
});
