// The rules that tests run under unless they say otherwise.
import type { Policy } from "../../functions/lib/contracts/types.ts";
import { DEFAULT_POLICY } from "../../functions/lib/domain/policy.ts";
import type { PolicySource } from "../../functions/lib/ports/policy-source.ts";

export const POLICY = DEFAULT_POLICY;

/** The same rules for everybody, as they are when they are asked for. */
export const policiesBy = (policy: () => Required<Policy>): PolicySource => ({
  get deployment() {
    return policy();
  },
  policyOf: async () => policy(),
});
