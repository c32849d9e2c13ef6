// Where exchange rates come from.
import type { Rates } from "../domain/rates.ts";

export interface RateSource {
  /**
   * Undefined for a currency that the ramps do not convert. Throws ProviderUnavailable when there
   * is no usable answer, RatesUnavailable when nobody gets one.
   */
  ratesOf(currency: string): Promise<Rates | undefined>;
}
