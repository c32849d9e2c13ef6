// A step's clear no. It is persisted before it is thrown, so that every later try, and the undo, find the same one.
import type { Guard } from "../domain/guard.ts";
import type { PaymentRecord } from "../domain/payment.ts";
import type { Step } from "../domain/saga-definition.ts";
import type { ContraError } from "../errors/registry.ts";
import type { PaymentStore } from "../ports/payment-store.ts";

/** Throws the refusal, or what the guard objects to. */
export async function refuse(
  payments: PaymentStore,
  { payment_id }: Pick<PaymentRecord, "payment_id">,
  step: Step,
  refusal: ContraError,
  guard: Guard,
): Promise<never> {
  await payments.recordFailure(payment_id, { code: refusal.name, message: refusal.message, step }, guard);
  throw refusal;
}
