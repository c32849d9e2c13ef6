// The terms of a conversion, computed from one reading of the rates. Every step rounds down, in
// favour of the side that provides the liquidity. The residue has a name, so no rounding creates or
// destroys a unit.
import { digitsOf } from "./currencies.ts";
import { feeOf, LARGEST_AMOUNT } from "./money.ts";
import { type AmountSide, type Terms, TRANSIT_DIGITS } from "./quote.ts";
import type { Rates } from "./rates.ts";
import { decimalOf, floorOf, lessShare, per, powerOfTen, type Ratio, ratioOf, times } from "./ratio.ts";

/** `amount` is in the minor unit of the currency of its side. */
export type Conversion = { amount: bigint; amount_side: AmountSide };
export type Prices = { fee_bps: number; spread_bps: number };
/** The amount converts to less than one unit somewhere, or to more than a payment may be. */
export type Unconvertible = { wrong: "too-small" | "too-large" };

/**
 * Digits of the rates that we state: the rarest pair, rupiah to dinar, keeps eight significant
 * ones.
 */
const RATE_DIGITS = 12;
const SPREAD_DIGITS = 4;
/** Amounts of USDC travel as JSON numbers. */
const LARGEST_TRANSIT = BigInt(Number.MAX_SAFE_INTEGER);

type Market = {
  source: Rates;
  destination: Rates;
  prices: Prices;
  base: Ratio;
  rate: Ratio;
};

/** The terms of the conversion from the source's currency to the destination's, at these rates. */
export function termsOf(
  { amount, amount_side }: Conversion,
  source: Rates,
  destination: Rates,
  prices: Prices,
): Terms | Unconvertible {
  const market = marketOf(source, destination, prices);
  if (amount_side === "source") return judged(termsFrom(market, amount), amount);
  const paid = smallest((paying) => delivered(market, paying).destination_amount >= amount);
  if (paid === undefined) return { wrong: "too-large" };
  return judged({ ...termsFrom(market, paid), ...split(market, paid, amount) }, amount);
}

function marketOf(source: Rates, destination: Rates, prices: Prices): Market {
  const exact = per(ratioOf(source.on_ramp), ratioOf(destination.off_ramp));
  // What is stated is what counts: from here on the rate is the string that the merchant reads.
  const base = ratioOf(decimalOf(exact, RATE_DIGITS));
  const rate = ratioOf(decimalOf(times(base, lessShare(spreadOf(prices))), RATE_DIGITS));
  return { source, destination, prices, base, rate };
}

const spreadOf = ({ spread_bps }: Prices): Ratio => ({ over: BigInt(spread_bps), under: 10_000n });

/** From minor units of one currency to those of the other, at a rate between their major units. */
const between = ({ source, destination }: Market, rate: Ratio): Ratio =>
  times(rate, powerOfTen(digitsOf(destination.currency) - digitsOf(source.currency)));

/** What becomes of an amount that the source account pays. */
function delivered(market: Market, source_amount: bigint) {
  const { source, destination, prices, rate } = market;
  const fee = feeOf(source_amount, prices.fee_bps);
  const converted = source_amount - fee;
  const bought = times(ratioOf(source.on_ramp), powerOfTen(TRANSIT_DIGITS - digitsOf(source.currency)));
  const transit_amount = floorOf(converted, bought);
  const paidOut = per(
    powerOfTen(digitsOf(destination.currency) - TRANSIT_DIGITS),
    ratioOf(destination.off_ramp),
  );
  const payout_amount = floorOf(transit_amount, paidOut);
  const promised = floorOf(converted, between(market, rate));
  // The ramps round too: nobody is promised what they do not pay.
  // biome-ignore lint/complexity/useMathMinMax: Math.min takes no bigint.
  const destination_amount = promised < payout_amount ? promised : payout_amount;
  return { fee, converted, transit_amount, payout_amount, destination_amount };
}

/**
 * Divides what lies between the payout and what the destination receives: spread, then rounding.
 */
function split(market: Market, source_amount: bigint, destination_amount: bigint) {
  const { converted, payout_amount } = delivered(market, source_amount);
  const kept = payout_amount - destination_amount;
  const { base, rate } = market;
  const margin = { over: base.over * rate.under - rate.over * base.under, under: base.under * rate.under };
  const spread = floorOf(converted, between(market, margin));
  return { destination_amount, rounding: spread < kept ? kept - spread : 0n };
}

function termsFrom(market: Market, source_amount: bigint): Terms {
  const { source, destination, prices, base, rate } = market;
  const { converted, ...amounts } = delivered(market, source_amount);
  return {
    currency: source.currency,
    destination_currency: destination.currency,
    source_amount,
    ...amounts,
    ...split(market, source_amount, amounts.destination_amount),
    base_rate: decimalOf(base, RATE_DIGITS),
    spread: decimalOf(spreadOf(prices), SPREAD_DIGITS),
    rate: decimalOf(rate, RATE_DIGITS),
    reference_rate: decimalOf(per(ratioOf(source.mid), ratioOf(destination.mid)), RATE_DIGITS),
  };
}

/** The terms, unless an amount in them is none. */
function judged(terms: Terms, asked: bigint): Terms | Unconvertible {
  const { source_amount, transit_amount, payout_amount, destination_amount } = terms;
  const moved = [source_amount, transit_amount, payout_amount, destination_amount];
  if (asked < 1n || moved.some((one) => one < 1n)) return { wrong: "too-small" };
  const most = [source_amount, payout_amount, destination_amount];
  if (most.some((one) => one > LARGEST_AMOUNT) || transit_amount > LARGEST_TRANSIT)
    return { wrong: "too-large" };
  return terms;
}

/**
 * The smallest payment that suffices, by halving; undefined when none does. More always suffices
 * too.
 */
function smallest(suffices: (amount: bigint) => boolean): bigint | undefined {
  if (!suffices(LARGEST_AMOUNT)) return undefined;
  let [low, high] = [0n, LARGEST_AMOUNT];
  while (high - low > 1n) {
    const middle = (low + high) / 2n;
    if (suffices(middle)) high = middle;
    else low = middle;
  }
  return high;
}
