// The quote that a saga makes for a payment which named none, and for how long either kind of quote fixes the rate.
import { idFor } from "./idempotency.ts";
import type { PaymentRecord } from "./payment.ts";
import type { Quote } from "./quote.ts";

/** After this the on-ramp moves nothing for the quote: the market was promised for no longer. */
export const EXECUTION_WINDOW_MS = 900_000;

/** Derived, so that every try of the step finds the terms of the first one. */
export const ownQuoteId = ({ merchant_id, payment_id }: PaymentRecord): string =>
  idFor("own-quote", merchant_id, payment_id);

/** True when the execution window is over: it opens when the merchant's quote is consumed, or when the saga makes its own. */
export function isOverdue(
  quote: Quote,
  payment: PaymentRecord,
  clock: { ago(milliseconds: number): number },
): boolean {
  const fixedAt = quote.quote_id === ownQuoteId(payment) ? quote.created_at : payment.created_at;
  return Date.parse(fixedAt) < clock.ago(EXECUTION_WINDOW_MS);
}
