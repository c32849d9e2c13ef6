// Which statuses a payment may have one after another, and which of them end its saga.
import type { Status } from "../contracts/types.ts";

const TERMINAL: readonly Status[] = ["COMPLETED", "FAILED", "CANCELED", "PARTIALLY_REFUNDED", "REFUNDED"];

/** True when no saga step will change the payment any more. */
export const isTerminal = (status: Status): boolean => TERMINAL.includes(status);

/** True when the payment did what it was made for: it will never release its reference. */
export const keepsReference = (status: Status): boolean =>
  isTerminal(status) && status !== "FAILED" && status !== "CANCELED";

const NEXT: Record<Status, readonly Status[]> = {
  PENDING: ["PROCESSING", "FAILED", "CANCELED", "IN_REVIEW"],
  PROCESSING: ["PROCESSING", "COMPLETED", "FAILED", "CANCELED", "IN_REVIEW"],
  IN_REVIEW: ["PROCESSING"],
  COMPLETED: ["COMPLETED", "PARTIALLY_REFUNDED", "REFUNDED"],
  PARTIALLY_REFUNDED: ["PARTIALLY_REFUNDED", "REFUNDED"],
  REFUNDED: [],
  FAILED: [],
  CANCELED: [],
};

/**
 * True when a payment may go from one status to the other. Staying is listed where events may
 * follow.
 */
export const mayBecome = (from: Status, to: Status): boolean => NEXT[from].includes(to);
