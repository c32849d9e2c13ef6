// The quote that fixes a conversion's amounts: found again by every step after the one that chose it.
import type { PaymentRecord } from "../domain/payment.ts";
import type { Quote } from "../domain/quote.ts";
import { InvariantBroken } from "../errors/registry.ts";
import type { QuoteStore } from "../ports/quote-store.ts";

/** Throws InvariantBroken for a payment without one: quotes are never deleted, and none is moved before it has its own. */
export async function quoteOf(quotes: QuoteStore, { quote_id }: PaymentRecord): Promise<Quote> {
  const quote = quote_id === undefined ? undefined : await quotes.find(quote_id);
  if (!quote) throw new InvariantBroken("a conversion without its quote");
  return quote;
}
