// Logs what a person did by hand, once, by whoever wrote it down. Amounts and reasons stay in the
// operator's journal.
import type { Operation } from "../domain/operation.ts";
import { log } from "./log.ts";

export function reportOperation(operation: Operation): void {
  const { operation_id, kind, by, merchant_id, payment_id, account_id } = operation;
  log.info("operation", { operation_id, kind, by, merchant_id, payment_id, account_id });
}
