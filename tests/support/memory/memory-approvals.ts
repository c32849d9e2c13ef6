// Approvals in memory.
import type { Approval, Approved } from "../../../functions/lib/domain/approval.ts";
import type { Operation } from "../../../functions/lib/domain/operation.ts";
import type { Approvals } from "../../../functions/lib/ports/approvals.ts";
import { MemoryOperatorJournal } from "./memory-operator-journal.ts";

export class MemoryApprovals implements Approvals {
  /** Shared with the ledger store, which writes the approvals of what it posts. */
  readonly approved = new Map<string, Approved>();
  private readonly kept = new Map<string, Approval>();
  private readonly operations: MemoryOperatorJournal;

  constructor(operations = new MemoryOperatorJournal()) {
    this.operations = operations;
  }

  async request(approval: Approval, operation: Operation): Promise<{ approval: Approval; created: boolean }> {
    const known = this.kept.get(approval.approval_id);
    if (known) return { approval: asKept(known), created: false };
    this.operations.writeDown(operation);
    this.kept.set(approval.approval_id, approval);
    return { approval, created: true };
  }

  async find(approvalId: string): Promise<{ approval: Approval; approved?: Approved } | undefined> {
    const approval = this.kept.get(approvalId);
    const approved = this.approved.get(approvalId);
    return approval && { approval: asKept(approval), ...(approved ? { approved } : {}) };
  }
}

/** A store keeps no order of attributes. */
const asKept = (approval: Approval): Approval =>
  Object.fromEntries(Object.entries(approval).reverse()) as Approval;
