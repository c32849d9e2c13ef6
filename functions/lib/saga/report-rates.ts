// The rates as the breaker of the provider that gives them hears of them: without any, every new conversion dies at its beginning. A
// reading that succeeds says nothing of purchases and so closes no breaker; the purchase that follows it does.
import { RatesUnavailable } from "../domain/rates.ts";
import type { Breaker } from "../ports/breaker.ts";
import type { RateSource } from "../ports/rate-source.ts";

/** For the readings of one conversion, which are one call to the breaker; what is about one currency is none. */
export function reported(rates: RateSource, breaker: Breaker, provider: string): RateSource {
  let hasReported = false;
  return {
    ratesOf: (currency) =>
      rates.ratesOf(currency).catch(async (error) => {
        if (error instanceof RatesUnavailable && !hasReported) {
          hasReported = true;
          await breaker.report(provider, "unavailable");
        }
        throw error;
      }),
  };
}
