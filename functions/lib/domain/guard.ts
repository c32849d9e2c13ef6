// Decides who may still write a payment. Every guarded write is decided here; the store expresses
// the same decision as a DynamoDB condition.
import {
  CancelRequested,
  ContradictionStands,
  type ContraError,
  InvariantBroken,
  StoreContention,
  Superseded,
  UndoStarted,
} from "../errors/registry.ts";
import { isBegun, isDone, type PaymentRecord } from "./payment.ts";
import { type ProviderStep, type Step, showsResult } from "./saga-definition.ts";

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
  /** The step whose refusal this write records: what is done is not refused. */
  refuses?: Step;
  /** The step whose result this write records: what is refused is not done. */
  does?: Step;
  /** The step's latest intent is still this one: no other try has sent since. */
  isLastIntent?: { step: ProviderStep; at: number };
  /** True for what a person or the sweep decides: it goes on while a contradiction stands. */
  evenDisputed?: true;
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
  if (payment.disputed && !guard.evenDisputed)
    return new ContradictionStands(`the provider contradicts itself about ${payment.disputed.join(", ")}`);
  return objectionOfTries(guard, payment);
}

/** What other tries of the owner, or an undo, object to the write. */
function objectionOfTries(guard: Guard, payment: PaymentRecord): ContraError | undefined {
  const { firstIntentOf, decides, requiresNotUndone } = guard;
  if (requiresNotUndone && payment.marks.undone[requiresNotUndone] !== undefined)
    return new InvariantBroken(`${requiresNotUndone} was undone: nothing is built on it`);
  const failed = payment.failure !== undefined;
  if (firstIntentOf && failed) return new StoreContention("another try has refused the payment");
  if (firstIntentOf && isDone(payment, firstIntentOf))
    return new StoreContention("another try has done the step");
  if (decides && (failed || isBegun(payment, decides)))
    return new StoreContention("another try has judged the payment");
  return objectionOfOutcomes(guard, payment);
}

/** What the outcome of another try objects to: a step is done or refused, and never both. */
function objectionOfOutcomes(
  { refuses, does, isLastIntent }: Guard,
  payment: PaymentRecord,
): ContraError | undefined {
  if (refuses && showsResult(refuses) && isDone(payment, refuses))
    return new StoreContention("another try has done the step");
  if (does && payment.failure?.step === does) return new StoreContention("another try has refused the step");
  if (isLastIntent && payment.marks.intent[isLastIntent.step] !== isLastIntent.at)
    return new StoreContention("another try has sent since");
  return undefined;
}
