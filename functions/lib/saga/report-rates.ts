// The rates as the breaker of the provider that gives them hears of them: without any, every new conversion dies at its beginning. A
// reading that succeeds says nothing of purchases and so closes no breaker; the purchase that follows it does.
import { ProviderUnavailable } from "../errors/registry.ts";
import type { Breaker } from "../ports/breaker.ts";
import type { RateSource } from "../ports/rate-source.ts";

export const reported = (rates: RateSource, breaker: Breaker, provider: string): RateSource => ({
  ratesOf: (currency) =>
    rates.ratesOf(currency).catch(async (error) => {
      if (error instanceof ProviderUnavailable) await breaker.report(provider, "unavailable");
      throw error;
    }),
});
