// The end of every money step's call: it goes on with a success, and whatever else was answered ends the try.
import type { Guard } from "../domain/guard.ts";
import type { PaymentRecord } from "../domain/payment.ts";
import type { Step } from "../domain/saga-definition.ts";
import { type ContraError, OutcomeUnknown, UndoStarted } from "../errors/registry.ts";
import type { PaymentStore } from "../ports/payment-store.ts";
import type { ProviderAnswer, Success } from "../ports/provider.ts";
import { refuse } from "./refuse.ts";
import { said } from "./said.ts";

/** `refusal` is the step's own error for a provider's no. */
type Asking = { step: Step; guard: Guard; refusal: (message: string) => ContraError };

/** The answer, of what succeeded. Throws the refusal, UndoStarted for a tombstone, or OutcomeUnknown. */
export async function successOf(
  payments: PaymentStore,
  payment: PaymentRecord,
  answer: ProviderAnswer,
  { step, guard, refusal }: Asking,
): Promise<Success> {
  switch (answer.outcome) {
    case "succeeded":
      return answer;
    case "refused":
      return refuse(payments, payment, step, refusal(answer.message), guard);
    case "tombstoned":
      throw new UndoStarted(`the provider keeps a tombstone for ${step}`);
    default:
      throw new OutcomeUnknown(`${step} ${said(answer)}`);
  }
}
