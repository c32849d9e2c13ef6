// A quote: one conversion with every amount fixed, from what the source account pays to what the
// destination receives. Amounts are minor units (of USDC 10^-6). Rates are decimal strings, major
// units of one currency per major unit of the other.
import { idFor } from "./idempotency.ts";
import type { PaymentRecord } from "./payment.ts";

export type AmountSide = "source" | "destination";

/** What ledger, ramps and merchant work with; all of it follows from one reading of the rates. */
export type Terms = {
  currency: string;
  destination_currency: string;
  /** What leaves the source account. */
  source_amount: bigint;
  /** Our fee, part of `source_amount`. */
  fee: bigint;
  /** USDC bought for the rest of it, held in transit. */
  transit_amount: bigint;
  /** What the off-ramp pays out for that, in the destination currency. */
  payout_amount: bigint;
  /** What the destination account receives: the payout less our spread and the rounding. */
  destination_amount: bigint;
  /** Residue of rounding in `payout_amount - destination_amount`; the rest is our spread. */
  rounding: bigint;
  /**
   * The ramps' own rate, our share of it (such as `0.0030`), and the merchant's rate that is left.
   */
  base_rate: string;
  spread: string;
  rate: string;
  /** Between buyers and sellers, to judge ours by. */
  reference_rate: string;
};

export type Quote = Terms & {
  quote_id: string;
  merchant_id: string;
  /** Which side the asked-for amount names. */
  amount_side: AmountSide;
  created_at: string;
  /** Until when a payment may consume it (ISO 8601). */
  expires_at: string;
  /** The payment that consumed it. */
  consumed_by?: string;
};

/** The currency that value in transit is held in, and its digits. */
export const TRANSIT_CURRENCY = "USDC";
export const TRANSIT_DIGITS = 6;

/** What a payment that names a quote must agree with. */
export type Claim = {
  merchant_id: string;
  amount: bigint;
  currency: string;
  destination_currency: string;
  /** When the payment is accepted (ISO 8601). */
  at: string;
};

/**
 * unknown: not of this merchant · used: by another payment · expired: too late · differs: another
 * conversion.
 */
export type QuoteObjection =
  | { quote: "unknown" | "used" | "expired" }
  | { quote: "differs"; members: ("amount" | "currency" | "destination_currency")[] };

/**
 * Why a payment may not consume the quote; undefined when it may. The order: what is not the
 * merchant's does not exist; a quote of another conversion was never meant; that a quote was used
 * says more than that it expired.
 */
export function objectionToQuote(quote: Quote | undefined, claim: Claim): QuoteObjection | undefined {
  if (quote === undefined || quote.merchant_id !== claim.merchant_id) return { quote: "unknown" };
  const quoted = { ...quote, amount: quote.source_amount };
  const members = (["amount", "currency", "destination_currency"] as const).filter(
    (member) => quoted[member] !== claim[member],
  );
  if (members.length > 0) return { quote: "differs", members };
  if (quote.consumed_by !== undefined) return { quote: "used" };
  return quote.expires_at <= claim.at ? { quote: "expired" } : undefined;
}

/** After this the on-ramp moves nothing for the quote: nobody promised the market for longer. */
export const EXECUTION_WINDOW_MS = 900_000;

/**
 * The quote that a saga makes for itself. Derived, so that every try finds the first one's terms.
 */
export const ownQuoteId = ({ merchant_id, payment_id }: PaymentRecord): string =>
  idFor("own-quote", merchant_id, payment_id);

/**
 * True when the execution window is over. It opens when a merchant's quote is consumed, or when the
 * saga makes its own.
 */
export function isExecutionWindowOver(
  quote: Quote,
  payment: PaymentRecord,
  clock: { ago(milliseconds: number): number },
): boolean {
  const fixedAt = quote.quote_id === ownQuoteId(payment) ? quote.created_at : payment.created_at;
  return Date.parse(fixedAt) < clock.ago(EXECUTION_WINDOW_MS);
}

const MINUTE_MS = 60_000;

/** When the minute of that moment has passed. Both are milliseconds since the epoch. */
export const minuteAfter = (moment: number): number => moment - (moment % MINUTE_MS) + MINUTE_MS;
