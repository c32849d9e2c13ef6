// Which facts are news. What the payment or one of its facts shows already is not written again.
import { isDone, type PaymentRecord } from "../lib/domain/payment.ts";
import { classifyFact, type Fact, isShownBy } from "../lib/domain/provider-fact.ts";
import { isUndo, PIVOT_OF, RESULT_OF, STEP_OF, UNDONE_BY } from "../lib/domain/saga-definition.ts";
import { isTerminal } from "../lib/domain/status.ts";

/** False when the payment shows the same already. What is in doubt shows nowhere. */
export const isNews = (fact: Fact, payment: PaymentRecord): boolean =>
  (fact.doubt !== undefined || !isShown(fact, payment)) &&
  classifyFact(payment.facts?.[fact.operation], fact) !== "known";

function isShown(fact: Fact, payment: PaymentRecord): boolean {
  const { operation, state } = fact;
  if (isUndo(operation)) {
    // A refused undo is not final: the same key may try again.
    if (state !== "succeeded") return true;
    // Once the pivot happened, an undo is news whatever the payment shows.
    return (
      payment.marks.undone[UNDONE_BY[operation]] !== undefined && !isDone(payment, PIVOT_OF[payment.rail])
    );
  }
  const step = STEP_OF[operation];
  const shown = payment[RESULT_OF[step]];
  const ended = isTerminal(payment.status);
  if (state === "succeeded") return isShownBy(shown, fact);
  if (state === "pending") return ended || shown !== undefined;
  return shown === undefined && (ended || payment.failure?.step === step);
}
