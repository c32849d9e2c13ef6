// The two ramps of the stablecoin rail as the saga sees them. The on-ramp sells USDC for fiat and
// takes it back; the off-ramp pays out fiat for USDC. Both may accept now and settle later:
// `pending` until then.
import type { Provider, ProviderAnswer } from "./provider.ts";

/** `key` is the provider's idempotency key; amounts in minor units (USDC has 6 digits). */
export type RampRequest = {
  key: string;
  payment_id: string;
  /** What we give. */
  amount: bigint;
  currency: string;
  /** What we are to receive for it, to the unit: another amount is refused, never filled. */
  receive_amount: bigint;
  receive_currency: string;
  metadata?: Record<string, string>;
};

/**
 * A reversal is sold at the market's price; the answer says what it brought. A payment's purchase
 * is taken back once. Under another key, or under an expired one, the answer is the first
 * reversal's.
 */
export type ReversalRequest = Omit<RampRequest, "receive_amount"> & { on_ramp_tx_id: string };

export interface OnRampProvider extends Provider {
  onRamp(request: RampRequest): Promise<ProviderAnswer>;
  reverseOnRamp(request: ReversalRequest): Promise<ProviderAnswer>;
}

export interface OffRampProvider extends Provider {
  offRamp(request: RampRequest): Promise<ProviderAnswer>;
}
