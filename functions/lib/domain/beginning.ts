// When a money step may set its first intent before it has read the payment: where nothing is to be
// found that it would look for. The intent's one write requires all of this, and returns what it
// wrote; where it is refused the step reads the payment and judges it in the usual order.
import type { Guard } from "./guard.ts";
import { isDone, type PaymentRecord } from "./payment.ts";
import type { ProviderStep, ResultStep } from "./saga-definition.ts";

/** A step that begins. */
export type Beginning = {
  execution: string;
  step: ProviderStep;
  /** The step whose result it sends, where it sends one. */
  buildsOn?: ResultStep | undefined;
  /** The payment was accepted no earlier (ISO 8601), where the step may come too late for one. */
  acceptedSince?: string | undefined;
};

/** What every intent requires, the first one and those after it. */
export const guardOfIntent = ({ execution, step }: Beginning): Guard & { step: ProviderStep } => ({
  execution,
  step,
  refusedIfCancelRequested: true,
  firstIntentOf: step,
});

/**
 * What the first one requires besides: the payment is in work and not parked, no try of the step
 * came before, no refusal is in doubt, no provider told anything, what it builds on stands, and it
 * is young enough.
 */
export const needsNoLook = (payment: PaymentRecord, { step, buildsOn, acceptedSince }: Beginning): boolean =>
  payment.status === "PROCESSING" &&
  payment.marks.intent[step] === undefined &&
  payment.doubted_refusal === undefined &&
  payment.facts === undefined &&
  (buildsOn === undefined || stands(payment, buildsOn)) &&
  (acceptedSince === undefined || payment.created_at >= acceptedSince);

const stands = (payment: PaymentRecord, step: ResultStep): boolean =>
  isDone(payment, step) && payment.marks.tombstone[step] === undefined;
