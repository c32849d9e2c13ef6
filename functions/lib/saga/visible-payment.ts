// A payment that a merchant asks for. Another merchant's does not exist.
import type { PaymentRecord } from "../domain/payment.ts";
import { isPaymentId } from "../domain/saga-executions.ts";
import { NotFound } from "../errors/registry.ts";
import type { PaymentStore } from "../ports/payment-store.ts";

/** Throws NotFound for an id that is none, unknown, or another merchant's: the same for all. */
export async function visiblePayment(
  payments: PaymentStore,
  { merchantId, paymentId }: { merchantId: string; paymentId: string },
): Promise<PaymentRecord> {
  const payment = isPaymentId(paymentId) ? await payments.load(paymentId) : undefined;
  if (!payment || payment.merchant_id !== merchantId) throw new NotFound("there is no such payment");
  return payment;
}
