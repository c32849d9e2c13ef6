// The faults that a payment orders for itself in `metadata.sandbox`: `<fault>_<operation>[_xN]`,
// separated by commas.
import { OPERATIONS } from "./books.ts";

export const SANDBOX_FAULTS = [
  "refused",
  "unavailable",
  "lost",
  "timeout",
  "duplicate",
  "expired_key",
  "sticky_500",
  "pending",
] as const;
export const SANDBOX_OPERATIONS = [...OPERATIONS, "refund", "query"] as const;

export type SandboxFaultName = (typeof SANDBOX_FAULTS)[number];
export type SandboxOperation = (typeof SANDBOX_OPERATIONS)[number];
/** Without `times` the fault strikes always. */
export type SandboxFault = { fault: SandboxFaultName; operation: SandboxOperation; times?: number };

export class FaultPlanError extends Error {
  override readonly name = "FaultPlanError";
}

const TOKEN = new RegExp(
  `^(${SANDBOX_FAULTS.join("|")})_(${SANDBOX_OPERATIONS.join("|")})(?:_x([1-9]\\d{0,5}))?$`,
);

/**
 * Reads a plan, in its order. Throws FaultPlanError, which names the wrong part and what is
 * allowed.
 */
export function parseFaults(plan: string): SandboxFault[] {
  const tokens = plan
    .split(",")
    .map((token) => token.trim())
    .filter((token) => token !== "");
  return tokens.map((token) => {
    const [, fault, operation, times] = TOKEN.exec(token) ?? [];
    if (!fault || !operation)
      throw new FaultPlanError(
        `"${token}" is not <fault>_<operation>[_xN]: faults are ${SANDBOX_FAULTS.join(", ")}; ` +
          `operations are ${SANDBOX_OPERATIONS.join(", ")}; N is 1 or more`,
      );
    return {
      fault: fault as SandboxFaultName,
      operation: operation as SandboxOperation,
      ...(times ? { times: Number(times) } : {}),
    };
  });
}
