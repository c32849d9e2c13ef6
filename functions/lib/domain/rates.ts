// The ramps' prices of one currency at one moment: decimal strings, USDC per major unit.
import { ProviderUnavailable } from "../errors/registry.ts";

export type Rates = {
  currency: string;
  /** Between buyers and sellers: the reference. */
  mid: string;
  /** USDC that the on-ramp gives for one major unit. */
  on_ramp: string;
  /** USDC that the off-ramp takes for one major unit. */
  off_ramp: string;
};

/**
 * Nobody gets any rates: the source itself is down. Any other ProviderUnavailable of a rate source
 * is about one currency.
 */
export class RatesUnavailable extends ProviderUnavailable {}
