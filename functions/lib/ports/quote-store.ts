// Where quotes are kept. A quote changes once: a payment's acceptance consumes it (PaymentStore).
import type { Quote } from "../domain/quote.ts";

/** Methods throw StoreContention or StoreUnavailable when the store gives up. */
export interface QuoteStore {
  /** Keeps the quote unless one of its id is there; returns the one that stands. */
  keep(quote: Quote): Promise<Quote>;
  find(quoteId: string): Promise<Quote | undefined>;
  /**
   * Counts a quote of the merchant's that will expire at this moment (milliseconds since the
   * epoch) among those of the same minute; false when these are `most` already. Nothing is counted
   * down: a minute's counter is of no use once the minute has passed.
   */
  count(merchantId: string, expires: number, most: number): Promise<boolean>;
}
