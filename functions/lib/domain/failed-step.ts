// Where the way forward ended of a payment that nobody gave a reason for, and what may be said of
// it.
import { isDone, type PaymentRecord } from "./payment.ts";
import { STEPS_OF, type Step } from "./saga-definition.ts";

/** True when the step was tried, or its undo has begun: every pivot's is on the way down. */
const isMarked = ({ marks }: PaymentRecord, step: Step): boolean =>
  [marks.intent, marks.tombstone, marks.unreached].some((kind) => kind[step] !== undefined);

/**
 * The first step that is not done. Where an undo found that the step before it had happened after
 * all, that one: it gave up, and this one was neither tried nor forbidden.
 */
export function failedStepOf(payment: PaymentRecord): Step {
  const steps: readonly Step[] = STEPS_OF[payment.rail];
  const at = steps.findIndex((step) => !isDone(payment, step));
  const step = steps[at] ?? "notify-payment";
  const before = steps[at - 1];
  const isFoundLater = before !== undefined && payment.marks.tombstone[before] !== undefined;
  return isFoundLater && !isMarked(payment, step) ? before : step;
}

/**
 * True when that step's provider was not to be reached, or not to be called, so that it sent
 * nothing.
 */
export const wasProviderUnreachable = ({ marks }: PaymentRecord, step: Step): boolean =>
  marks.unreached[step] !== undefined && marks.intent[step] === undefined;
