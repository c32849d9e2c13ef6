// The faults that a payment orders for itself in `metadata.sandbox`: `<fault>_<operation>[_xN]`,
// separated by commas. This file is the one list of them, and reads nothing but the text.
import { OPERATIONS } from "./books.ts";

export const SANDBOX_OPERATIONS = [...OPERATIONS, "refund", "query", "tombstone"] as const;
export type SandboxOperation = (typeof SANDBOX_OPERATIONS)[number];

const CALLS: readonly SandboxOperation[] = [...OPERATIONS, "refund", "query"];
const MONEY: readonly SandboxOperation[] = OPERATIONS;

/** At which operations each fault may be ordered (docs/sandbox.md says what each does there). */
const SANDBOX_ORDERS = {
  refused: CALLS,
  rejected_400: MONEY,
  rejected_422: MONEY,
  unavailable: CALLS,
  rate_limited: CALLS,
  lost: CALLS,
  timeout: CALLS,
  sticky_500: CALLS,
  expired_key: [...CALLS, "tombstone"],
  pending: CALLS,
  partial: MONEY.filter((operation) => operation !== "void"),
  wrong_amount: ["on_ramp", "off_ramp"],
  wrong_currency: MONEY,
  wrong_reference: MONEY,
  duplicate: CALLS,
  lost_webhook: MONEY,
  contradicted: MONEY,
  unfounded: MONEY,
  // The first operation of a rail cannot be told of before it was asked for.
  forged: ["capture", "void", "off_ramp", "reverse_on_ramp"],
} as const satisfies Record<string, readonly SandboxOperation[]>;

export type SandboxFaultName = keyof typeof SANDBOX_ORDERS;
/** Without `times` the fault strikes always. */
export type SandboxFault = { fault: SandboxFaultName; operation: SandboxOperation; times?: number };

export class FaultPlanError extends Error {
  override readonly name = "FaultPlanError";
}

const SANDBOX_FAULTS = Object.keys(SANDBOX_ORDERS) as SandboxFaultName[];
const TOKEN = new RegExp(
  `^(${SANDBOX_FAULTS.join("|")})_(${SANDBOX_OPERATIONS.join("|")})(?:_x([1-9]\\d{0,5}))?$`,
);

/** All that may be ordered, in words. Faults of the same operations stand together. */
export const KNOWN_ORDERS = knownOrders();

function knownOrders(): string {
  const byOperations = new Map<string, string[]>();
  for (const fault of SANDBOX_FAULTS) {
    const operations = SANDBOX_ORDERS[fault].join(", ");
    byOperations.set(operations, [...(byOperations.get(operations) ?? []), fault]);
  }
  const lines = [...byOperations].map(([operations, faults]) => `${faults.join(", ")} of ${operations}`);
  return `<fault>_<operation>[_xN], separated by commas, N is 1 or more; ${lines.join("; ")}`;
}

const isOrder = (fault: SandboxFaultName, operation: SandboxOperation): boolean =>
  (SANDBOX_ORDERS[fault] as readonly SandboxOperation[]).includes(operation);

const tokensOf = (plan: string): string[] =>
  plan
    .split(",")
    .map((token) => token.trim())
    .filter((token) => token !== "");

function orderIn(token: string): SandboxFault | undefined {
  const [, name, of, times] = TOKEN.exec(token) ?? [];
  const [fault, operation] = [name as SandboxFaultName, of as SandboxOperation];
  if (!name || !of || !isOrder(fault, operation)) return undefined;
  return { fault, operation, ...(times ? { times: Number(times) } : {}) };
}

/** True where every part of the text is an order. An empty text is a plan of none. */
export const isPlan = (text: string): boolean =>
  tokensOf(text).every((token) => orderIn(token) !== undefined);

/**
 * Reads a plan, in its order. Throws FaultPlanError, which names the wrong part and what is
 * allowed.
 */
export function parseFaults(plan: string): SandboxFault[] {
  return tokensOf(plan).map((token) => {
    const order = orderIn(token);
    if (!order) throw new FaultPlanError(`"${token}" is no order: ${KNOWN_ORDERS}`);
    return order;
  });
}
