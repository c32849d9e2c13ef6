// The rules for payments: the defaults, the deployment's own rules over them, and a merchant's
// rules over both.
import type { Policy } from "../contracts/types.ts";

export const DEFAULT_POLICY: Required<Policy> = {
  enabled: true,
  rails: { card: true, stablecoin: true },
  max_amount: {},
  overdraft_limits: {},
  card_fee_bps: 150,
  stablecoin_fee_bps: 50,
  stablecoin_spread_bps: 30,
  exposure_caps: {},
  limits: {},
  deposit_approval_above: {},
  reason_required: false,
  off_ramp_outage: { action: "unwind", after_seconds: 300, tell: "the operators on call" },
};

/** A deployment's rules, member by member; it may change any default. */
export const deploymentPolicy = (own: Policy): Required<Policy> => ({
  ...DEFAULT_POLICY,
  ...own,
  rails: { ...DEFAULT_POLICY.rails, ...own.rails },
});

/**
 * A merchant's rules. What the deployment switched off stays off. What protects all merchants is
 * the deployment's alone.
 */
export function merchantPolicy(deployment: Required<Policy>, own: Policy): Required<Policy> {
  const { enabled, rails, max_amount, limits, exposure_caps, off_ramp_outage } = deployment;
  const { deposit_approval_above, reason_required } = deployment;
  return {
    ...deployment,
    ...own,
    enabled: enabled && (own.enabled ?? true),
    rails: {
      card: rails.card !== false && (own.rails?.card ?? true),
      stablecoin: rails.stablecoin !== false && (own.rails?.stablecoin ?? true),
    },
    max_amount: { ...max_amount, ...own.max_amount },
    limits: { ...limits, ...own.limits },
    exposure_caps,
    off_ramp_outage,
    deposit_approval_above,
    reason_required,
  };
}
