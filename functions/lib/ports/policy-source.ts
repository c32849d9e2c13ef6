// The rules that apply: the deployment's, and over them a merchant's own.
import type { Policy } from "../contracts/types.ts";

export interface PolicySource {
  /**
   * The deployment's own. It alone decides what guards all merchants (`exposure_caps`,
   * `off_ramp_outage`).
   */
  readonly deployment: Required<Policy>;
  /**
   * A merchant's. That it has none may be half a minute old. Throws ContractViolated where what was
   * written for it is malformed.
   */
  policyOf(merchantId: string): Promise<Required<Policy>>;
}
