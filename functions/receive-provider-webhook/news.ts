// Which facts are news: what the payment shows already, or a fact of it says already, need not be written.
import type { PaymentRecord } from "../lib/domain/payment.ts";
import { classifyFact, type Fact } from "../lib/domain/provider-fact.ts";
import { RESULT_OF, STEP_OF } from "../lib/domain/saga-definition.ts";
import { isTerminal } from "../lib/domain/status.ts";

/** False when the payment shows the same already, so that the fact need not be written. */
export const isNews = (fact: Fact, payment: PaymentRecord): boolean =>
  !isShown(fact, payment) && classifyFact(payment.facts?.[fact.operation], fact) !== "known";

function isShown({ operation, state, id }: Fact, payment: PaymentRecord): boolean {
  // A refused undo is no last word: the same key may try again.
  if (operation === "void") {
    const released = payment.marks.undone["authorize-payment"] !== undefined;
    return state !== "succeeded" || (released && !payment.capture_id);
  }
  if (operation === "reverse_on_ramp") {
    const reversed = payment.marks.undone["on-ramp"] !== undefined;
    return state !== "succeeded" || (reversed && !payment.off_ramp_tx_id);
  }
  const step = STEP_OF[operation];
  const shown = payment[RESULT_OF[step]];
  const ended = isTerminal(payment.status);
  if (state === "succeeded") return shown === id;
  if (state === "pending") return ended || shown !== undefined;
  return shown === undefined && (ended || payment.failure?.step === step);
}
