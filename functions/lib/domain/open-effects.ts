// What of a payment still stands, per rail: a step that moved something, or may have, must be undone before what came before it is,
// and before the payment may fail.
import { isDone, isRefused, type PaymentRecord } from "./payment.ts";
import { STEPS_OF, type Step } from "./saga-definition.ts";

/** A step, whether something of it stands, and what to say then. */
type Standing = [Step, boolean, string];

/** True when a provider may have done what the step intended. */
const mayHaveHappened = (payment: PaymentRecord, step: Step): boolean =>
  payment.marks.intent[step] !== undefined && !isRefused(payment, step);

const isUndone = ({ marks }: PaymentRecord, step: Step): boolean => marks.undone[step] !== undefined;
const isForbidden = ({ marks }: PaymentRecord, step: Step): boolean => marks.tombstone[step] !== undefined;

const doneNotUndone = (payment: PaymentRecord, step: Step): boolean =>
  isDone(payment, step) && !isUndone(payment, step);
const begunNotUndone = (payment: PaymentRecord, step: Step): boolean =>
  mayHaveHappened(payment, step) && !isUndone(payment, step);
const begunNotForbidden = (payment: PaymentRecord, step: Step): boolean =>
  mayHaveHappened(payment, step) && !isForbidden(payment, step);

const cardStandings = (payment: PaymentRecord): Standing[] => [
  ["capture-payment", isDone(payment, "capture-payment"), "a captured payment does not fail"],
  ["post-ledger", doneNotUndone(payment, "post-ledger"), "the ledger posting stands"],
  ["authorize-payment", begunNotUndone(payment, "authorize-payment"), "the authorization stands"],
  ["capture-payment", begunNotForbidden(payment, "capture-payment"), "the capture is not resolved"],
];

const conversionStandings = (payment: PaymentRecord): Standing[] => [
  ["off-ramp", isDone(payment, "off-ramp"), "a payment that was paid out does not fail"],
  ["off-ramp", begunNotForbidden(payment, "off-ramp"), "the off-ramp is not resolved"],
  ["on-ramp", begunNotUndone(payment, "on-ramp"), "what the on-ramp sold stands"],
  [
    "authorize-conversion",
    doneNotUndone(payment, "authorize-conversion"),
    "the source account's hold stands",
  ],
];

/** What stands of the steps after that one, or of all of them, in a sentence; undefined when nothing does. */
export function openEffectOf(payment: PaymentRecord, after?: Step): string | undefined {
  const steps: readonly Step[] = STEPS_OF[payment.rail];
  const first = after === undefined ? 0 : steps.indexOf(after) + 1;
  const standings = payment.rail === "card" ? cardStandings(payment) : conversionStandings(payment);
  return standings.find(([step, stands]) => stands && steps.indexOf(step) >= first)?.[2];
}

/** True when a step before it is undone: this one did not happen, and never will. */
export function isRuledOut(payment: PaymentRecord, step: Step): boolean {
  const steps: readonly Step[] = STEPS_OF[payment.rail];
  return steps.slice(0, steps.indexOf(step)).some((before) => isUndone(payment, before));
}
