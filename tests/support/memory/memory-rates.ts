// A market in memory: flat prices that a test sets, in USDC per major unit.

import { type Rates, RatesUnavailable } from "../../../functions/lib/domain/rates.ts";
import type { RateSource } from "../../../functions/lib/ports/rate-source.ts";

export class MemoryRates implements RateSource {
  readonly prices: Record<string, string> = {
    EUR: "1.1",
    USD: "1",
    JPY: "0.0066",
    KWD: "3.3",
    IDR: "0.00006",
  };
  down = false;

  async ratesOf(currency: string): Promise<Rates | undefined> {
    if (this.down) throw new RatesUnavailable("there are no rates");
    const price = this.prices[currency];
    return price === undefined ? undefined : { currency, mid: price, on_ramp: price, off_ramp: price };
  }
}
