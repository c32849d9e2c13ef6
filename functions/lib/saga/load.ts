// The payment that a task was started for. A task without its payment is a defect: the payment is written first.
import type { SagaInput } from "../contracts/types.ts";
import type { PaymentRecord } from "../domain/payment.ts";
import { InvariantBroken } from "../errors/registry.ts";
import type { PaymentStore } from "../ports/payment-store.ts";
import { resume } from "./resume.ts";

export async function loadPayment(payments: PaymentStore, paymentId: string): Promise<PaymentRecord> {
  const payment = await payments.load(paymentId);
  if (!payment) throw new InvariantBroken("a saga runs for a payment that does not exist");
  return payment;
}

/**
 * The payment of a task that may end it. One that was parked is resumed first: its execution was redriven past us, and a parked
 * payment ends only by being in work again.
 */
export async function takeUpPayment(
  payments: PaymentStore,
  { payment_id, execution }: SagaInput,
): Promise<PaymentRecord> {
  return takenUp(payments, await loadPayment(payments, payment_id), execution);
}

/** The payment as it was loaded, in work. */
export const takenUp = async (
  payments: PaymentStore,
  payment: PaymentRecord,
  execution: string,
): Promise<PaymentRecord> =>
  payment.status === "IN_REVIEW" ? resume(payments, payment, execution) : payment;
