// The rules that apply to a merchant: the deployment's defaults with the merchant's own overrides.
import type { Policy } from "../contracts/types.ts";

export interface PolicySource {
  policyOf(merchantId: string): Promise<Required<Policy>>;
}
