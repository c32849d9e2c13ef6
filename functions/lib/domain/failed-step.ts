// The step at which a payment failed when no reason was recorded, and what is known of that step.
import { isDone, type PaymentRecord } from "./payment.ts";
import { STEPS_OF, type Step } from "./saga-definition.ts";

/** True when the step was tried, or its undo has begun: every pivot's is on the way down. */
const isMarked = ({ marks }: PaymentRecord, step: Step): boolean =>
  [marks.intent, marks.tombstone, marks.unreached].some((kind) => kind[step] !== undefined);

/**
 * The first step that is not done. The step before it instead, if an undo found that it had
 * happened after all: then that step gave up, and this one was neither tried nor forbidden.
 */
export function failedStepOf(payment: PaymentRecord): Step {
  const steps: readonly Step[] = STEPS_OF[payment.rail];
  const at = steps.findIndex((step) => !isDone(payment, step));
  const step = steps[at] ?? "notify-payment";
  const before = steps[at - 1];
  const isFoundLater = before !== undefined && payment.marks.tombstone[before] !== undefined;
  return isFoundLater && !isMarked(payment, step) ? before : step;
}

/** True when the step's provider was down or switched off, so that the step sent nothing. */
export const wasProviderUnreachable = ({ marks }: PaymentRecord, step: Step): boolean =>
  marks.unreached[step] !== undefined && marks.intent[step] === undefined;
