// Quotes in memory, over the payment store's: accepting a payment consumes them there.
import { minuteAfter, type Quote } from "../../../functions/lib/domain/quote.ts";
import type { QuoteStore } from "../../../functions/lib/ports/quote-store.ts";

export class MemoryQuoteStore implements QuoteStore {
  private readonly quotes: Map<string, Quote>;
  private readonly counted = new Map<string, number>();

  constructor(quotes: Map<string, Quote>) {
    this.quotes = quotes;
  }

  async keep(quote: Quote): Promise<Quote> {
    const standing = this.quotes.get(quote.quote_id);
    if (!standing) this.quotes.set(quote.quote_id, quote);
    return standing ?? quote;
  }

  async count(merchantId: string, expires: number, most: number): Promise<boolean> {
    const key = `${merchantId} ${minuteAfter(expires)}`;
    const counted = this.counted.get(key) ?? 0;
    if (counted >= most) return false;
    this.counted.set(key, counted + 1);
    return true;
  }

  async find(quoteId: string): Promise<Quote | undefined> {
    return this.quotes.get(quoteId);
  }
}
