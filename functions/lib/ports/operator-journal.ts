// The operator's journal: what people did by hand. It only grows.
import type { Operation } from "../domain/operation.ts";

/** Methods throw StoreContention or StoreUnavailable when the store gives up. */
export interface OperatorJournal {
  /**
   * Writes the operation, put-if-absent. Where the act itself is a write of a store, that store
   * writes both in one transaction instead.
   */
  record(operation: Operation): Promise<void>;
  /**
   * The operations of a day such as `2026-12-01`, newest first, at most `limit`; only those older
   * than `before` (an `operationOrder`) where it is given.
   */
  ofDay(day: string, limit: number, before?: string): Promise<Operation[]>;
}
