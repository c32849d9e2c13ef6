// A refusal is persisted before it is thrown, so that every later try and the undo find the same
// one. One that may not be final is kept apart, until a Resolve or an undo has ruled the step out.
import type { Guard } from "../domain/guard.ts";
import type { PaymentRecord } from "../domain/payment.ts";
import type { Step } from "../domain/saga-definition.ts";
import { type ContraError, RefusalUnsettled } from "../errors/registry.ts";
import type { PaymentStore } from "../ports/payment-store.ts";

type Identified = Pick<PaymentRecord, "payment_id">;
const failureOf = ({ name, message }: ContraError, step: Step) => ({ code: name, message, step });

/** Persists the step's refusal and throws it. Throws the guard's objection where it has one. */
export async function refuse(
  payments: PaymentStore,
  { payment_id }: Identified,
  step: Step,
  refusal: ContraError,
  guard: Guard,
): Promise<never> {
  await payments.recordFailure(payment_id, failureOf(refusal, step), guard);
  throw refusal;
}

/** Persists what forbids to send again, and may not be final. Throws RefusalUnsettled. */
export async function doubtRefusal(
  payments: PaymentStore,
  { payment_id }: Identified,
  step: Step,
  refusal: ContraError,
  guard: Guard,
): Promise<never> {
  await payments.recordFailure(payment_id, failureOf(refusal, step), guard, "doubted");
  throw new RefusalUnsettled(refusal.message);
}
