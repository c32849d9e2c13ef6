// What we were answered is a word of the provider too. The payment shows it, and what is told
// beside it may contradict it.
import { isRefused, type PaymentRecord } from "./payment.ts";
import { classifyFact, type Fact, reliedOn } from "./provider-fact.ts";
import { isUndo, providerKey, RESULT_OF, STEP_OF } from "./saga-definition.ts";

/**
 * What the payment shows of the operation, as the word that was answered: a success with its id, or
 * a refusal. A told word that cannot be true beside it contradicts it.
 */
export function shownWord(payment: PaymentRecord, operation: Fact["operation"]): Fact | undefined {
  if (isUndo(operation)) return undefined;
  const step = STEP_OF[operation];
  const id = payment[RESULT_OF[step]];
  const at = payment.updated_at;
  if (id !== undefined) return { operation, state: "succeeded", id, at };
  const wasSent = payment.marks.intent[step] !== undefined;
  return wasSent && isRefused(payment, step)
    ? { operation, state: "refused", id: providerKey(payment.payment_id, operation), at }
    : undefined;
}

/** The first told word that cannot be true beside what the payment shows, and that one. */
export function contradictionIn(payment: PaymentRecord): { told: Fact; shown: Fact } | undefined {
  const { facts = {} } = payment;
  for (const { operation } of Object.values(facts)) {
    const told = reliedOn(facts, operation);
    const shown = shownWord(payment, operation);
    const isDecided = told?.by !== undefined || told?.overruled !== undefined;
    if (told && shown && !isDecided && !told.open && classifyFact(shown, told) === "contradicts")
      return { told, shown };
  }
  return undefined;
}
