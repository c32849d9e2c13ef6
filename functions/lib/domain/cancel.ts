// When a merchant may still cancel a payment: before its pivot is intended, while a saga goes on
// with it or is yet to begin. A cancel is a request. Steps that have not begun heed it, and what
// others did is undone.
import type { Status } from "../contracts/types.ts";
import { CannotCancel } from "../errors/registry.ts";
import { isDone, type PaymentRecord } from "./payment.ts";
import { PIVOT_OF } from "./saga-definition.ts";
import { isTerminal } from "./status.ts";

/** Where a saga will still look at the payment by itself. */
export const CANCELABLE: readonly Status[] = ["PENDING", "PROCESSING"];

/** Why it cannot be cancelled; undefined where it can. A cancel that stands is no reason. */
export function objectionToCancel(payment: PaymentRecord): CannotCancel | undefined {
  const { status, marks, rail } = payment;
  const pivot = PIVOT_OF[rail];
  if (CANCELABLE.includes(status) && marks.intent[pivot] === undefined) return undefined;
  return new CannotCancel(reasonAgainst(payment, isDone(payment, pivot)), [], {
    payment_status: status,
    possible: POSSIBLE,
  });
}

/** What may be done instead. Nothing yet: no route gives captured money back. */
const POSSIBLE: readonly string[] = [];

function reasonAgainst({ status }: PaymentRecord, hasMoved: boolean): string {
  if (status === "IN_REVIEW") return "a person decides what becomes of the payment";
  if (hasMoved) return "the money has moved: nothing is given back unasked";
  if (isTerminal(status)) return `the payment has ended: ${status}`;
  return "the money may have moved: what became of it is being found out";
}

/**
 * True of a payment that was cancelled before any execution claimed it: its saga asks no provider
 * for anything, and only ends it.
 */
export const isOnlyToEnd = ({
  owner_execution,
  cancel_requested_at,
}: Pick<PaymentRecord, "owner_execution" | "cancel_requested_at">): boolean =>
  owner_execution === undefined && cancel_requested_at !== undefined;
