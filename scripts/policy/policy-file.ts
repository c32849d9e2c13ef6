// What may stand in a policy: the schema by which functions read it; in a merchant's own, without
// the fields that they take from the deployment alone.
import { violations } from "../../functions/lib/contracts/contract.ts";
import * as schemas from "../../functions/lib/contracts/schemas.ts";
import type { Policy } from "../../functions/lib/contracts/types.ts";

/** Functions would never read a merchant's own value of these. */
export const DEPLOYMENTS_ALONE: readonly (keyof Policy)[] = [
  "off_ramp_outage",
  "exposure_caps",
  "deposit_approval_above",
  "reason_required",
];

/** The policy in the file's text. Throws everything that is wrong, as one sentence. */
export function readPolicy(text: string): Policy {
  const policy = parsed(text);
  const wrong = wrongIn(policy);
  for (const member of DEPLOYMENTS_ALONE)
    if (typeof policy === "object" && policy !== null && member in policy)
      wrong.push(`/${member} is the deployment's alone`);
  if (wrong.length > 0) throw new Error(`the policy is wrong: ${wrong.join("; ")}`);
  return policy as Policy;
}

/** The deployment's policy as `CONTRA_POLICY` gives it. Throws as `readPolicy` does. */
export function assertDeploymentPolicy(text: string): void {
  const wrong = wrongIn(parsed(text));
  if (wrong.length > 0) throw new Error(`the policy is wrong: ${wrong.join("; ")}`);
}

const wrongIn = (policy: unknown): string[] =>
  violations(schemas.Policy, policy).map(({ pointer, detail }) => `${pointer} ${detail}`.trim());

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    throw new Error("the policy is no JSON", { cause: error });
  }
}
