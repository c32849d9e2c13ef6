// Decides who may still write a payment. Every guarded write is decided here; the store expresses
// the same decision as a DynamoDB condition.
import {
  CancelRequested,
  type ContraError,
  InvariantBroken,
  StoreContention,
  Superseded,
  UndoStarted,
} from "../errors/registry.ts";
import { isBegun, isDone, type PaymentRecord } from "./payment.ts";
import type { ProviderStep, Step } from "./saga-definition.ts";

/** What a write of a saga task requires. */
export type Guard = {
  /** The execution that writes. */
  execution: string;
  /** The step whose tombstone forbids the write: an undo of it has begun. */
  step?: Step;
  /** True for a write after which money may move: a cancel request forbids it. */
  refusedIfCancelRequested?: boolean;
  /** True for the claim, and for the writes that undo and end a payment nobody ever claimed. */
  acceptsUnclaimed?: boolean;
  /**
   * The step that this write decides without asking a provider. What another try of the step has
   * decided, begun or done comes first, so that no payment is both refused and moved by one step.
   */
  decides?: Step;
  /** The step whose intent this is: none is set after a refusal, nor once the step is done. */
  firstIntentOf?: ProviderStep;
  /** The step that this write builds on: once that is undone, nothing may be built on it. */
  requiresNotUndone?: Step;
};

/**
 * Why the guard forbids a write to the payment; undefined when it allows it. The order is the
 * precedence of docs/architecture.md#what-a-guard-looks-at-first. The step's own result is the
 * caller's matter. A decision of another try is contention: the next try finds it.
 */
export function objectionTo(guard: Guard, payment: PaymentRecord): ContraError | undefined {
  const owner = payment.owner_execution;
  const owned = owner === guard.execution || (owner === undefined && guard.acceptsUnclaimed === true);
  if (owned && guard.step && payment.marks.tombstone[guard.step] !== undefined) {
    return new UndoStarted(`the undo of ${guard.step} has begun`);
  }
  if (owned && guard.refusedIfCancelRequested && payment.cancel_requested_at !== undefined) {
    return new CancelRequested("the merchant withdrew the payment");
  }
  if (!owned) return new Superseded(`the payment belongs to ${owner ?? "nobody yet"}`);
  return objectionOfTries(guard, payment);
}

/** What other tries of the owner, or an undo, object to the write. */
function objectionOfTries(
  { firstIntentOf, decides, requiresNotUndone }: Guard,
  payment: PaymentRecord,
): ContraError | undefined {
  if (requiresNotUndone && payment.marks.undone[requiresNotUndone] !== undefined)
    return new InvariantBroken(`${requiresNotUndone} was undone: nothing is built on it`);
  const failed = payment.failure !== undefined;
  if (firstIntentOf && failed) return new StoreContention("another try has refused the payment");
  if (firstIntentOf && isDone(payment, firstIntentOf))
    return new StoreContention("another try has done the step");
  if (decides && (failed || isBegun(payment, decides)))
    return new StoreContention("another try has judged the payment");
  return undefined;
}
