// The operator's journal in memory.
import { dayOf, type Operation, operationOrder } from "../../../functions/lib/domain/operation.ts";
import { InvariantBroken } from "../../../functions/lib/errors/registry.ts";
import type { OperatorJournal } from "../../../functions/lib/ports/operator-journal.ts";

export class MemoryOperatorJournal implements OperatorJournal {
  /** By their order; the ledger store puts in what it writes with its own. */
  readonly kept = new Map<string, Operation>();
  /** What every record fails with, as a store that does not answer. */
  failing: Error | undefined;

  async record(operation: Operation): Promise<void> {
    if (this.failing) throw this.failing;
    const order = operationOrder(operation);
    if (!this.kept.has(order)) this.kept.set(order, operation);
  }

  /** For another store, which writes it with its act: one that stands already has no other act. */
  writeDown(operation: Operation): void {
    const order = operationOrder(operation);
    if (this.kept.has(order)) throw new InvariantBroken("the operation stands without its act");
    this.kept.set(order, operation);
  }

  async ofDay(day: string, limit: number, before?: string): Promise<Operation[]> {
    return [...this.kept.entries()]
      .filter(([order, { at }]) => dayOf(at) === day && (before === undefined || order < before))
      .sort(([a], [b]) => (a < b ? 1 : -1))
      .slice(0, limit)
      .map(([, operation]) => operation);
  }
}
