// An operation is what a person did by hand: who, when, why, and to what. It is written once, in
// the operator's journal, and never changed.
import { idFor } from "./idempotency.ts";

export const OPERATION_KINDS = [
  "deposit",
  "deposit-request",
  "overdraft",
  "redrive",
  "erasure",
  "policy",
  "switch",
  "placement",
  "account-migration",
  "records-replay",
] as const;
export type OperationKind = (typeof OPERATION_KINDS)[number];

export type Operation = {
  /** A UUID. The same act made twice has the same one. */
  operation_id: string;
  kind: OperationKind;
  /** ISO 8601, in milliseconds. */
  at: string;
  /** The token's subject, or the caller's ARN where AWS credentials act. */
  by: string;
  reason?: string;
  merchant_id?: string;
  payment_id?: string;
  account_id?: string;
  /** JSON: what else makes the act clear, such as an amount. Nothing of a payer. */
  details?: Record<string, unknown>;
};

/** Whose act it is, as the token says it. */
export type Operator = {
  /** The token's subject. */
  subject: string;
  requestId: string;
};

/** The operation of a request that is an act each time it is sent. `at`: ISO 8601. */
export const actOf = (
  kind: OperationKind,
  { subject, requestId }: Operator,
  at: string,
  reason: string | undefined,
  about: Pick<Operation, "merchant_id" | "payment_id" | "account_id" | "details">,
): Operation => ({
  operation_id: idFor(`operation ${kind}`, subject, requestId),
  kind,
  at,
  by: subject,
  ...(reason === undefined ? {} : { reason }),
  ...about,
});

/** Operations sort by it, oldest first. */
export const operationOrder = ({ at, operation_id }: Pick<Operation, "at" | "operation_id">): string =>
  `${at}_${operation_id}`;

/** The day under which the operation lies, such as `2026-12-01`. */
export const dayOf = (at: string): string => at.slice(0, 10);
