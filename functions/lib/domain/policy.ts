// The rules that a merchant's payments stand under: the deployment's, narrowed or widened by the merchant's own.
import type { Policy } from "../contracts/types.ts";

/** The deployment's policy with overrides on top, member by member. What the deployment switched off stays off. */
export function overridden(base: Required<Policy>, overrides: Policy): Required<Policy> {
  const rails = { ...base.rails, ...overrides.rails };
  if (base.rails.card === false) rails.card = false;
  if (base.rails.stablecoin === false) rails.stablecoin = false;
  return {
    enabled: base.enabled && (overrides.enabled ?? true),
    rails,
    max_amount: { ...base.max_amount, ...overrides.max_amount },
    card_fee_bps: overrides.card_fee_bps ?? base.card_fee_bps,
    stablecoin_fee_bps: overrides.stablecoin_fee_bps ?? base.stablecoin_fee_bps,
    off_ramp_outage: base.off_ramp_outage,
    exposure_caps: base.exposure_caps,
    stablecoin_spread_bps: overrides.stablecoin_spread_bps ?? base.stablecoin_spread_bps,
  };
}
