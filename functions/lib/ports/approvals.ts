// Requests that wait for a second operator. They only grow: a request never changes, and its
// approval is written by the store that does what was asked for, in the same transaction.
import type { Approval, Approved } from "../domain/approval.ts";
import type { Operation } from "../domain/operation.ts";

/** Methods throw StoreContention or StoreUnavailable when the store gives up. */
export interface Approvals {
  /** Keeps the request unless there is one, with whose hand it was. Returns what is kept. */
  request(approval: Approval, operation: Operation): Promise<{ approval: Approval; created: boolean }>;
  find(approvalId: string): Promise<{ approval: Approval; approved?: Approved } | undefined>;
}
