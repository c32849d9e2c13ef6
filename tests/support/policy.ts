// The rules that tests run under unless they say otherwise.
import type { Policy } from "../../functions/lib/contracts/types.ts";

export const POLICY: Required<Policy> = {
  enabled: true,
  rails: {},
  max_amount: {},
  card_fee_bps: 150,
  stablecoin_fee_bps: 50,
  stablecoin_spread_bps: 30,
  exposure_caps: {},
  off_ramp_outage: { action: "unwind", after_seconds: 300, tell: "the operators on call" },
};
