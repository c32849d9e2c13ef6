// The transaction of a capture: the payment is COMPLETED, and the money moves from pending to
// available. CapturePayment and ResolveCapture both end in it.
import { capturedJournal } from "../domain/card-journals.ts";
import type { Guard } from "../domain/guard.ts";
import type { PaymentRecord } from "../domain/payment.ts";
import type { Clock } from "../ports/clock.ts";
import type { PaymentStore } from "../ports/payment-store.ts";

export async function recordCapture(
  payments: PaymentStore,
  clock: Clock,
  payment: PaymentRecord,
  captureId: string,
  guard: Guard,
): Promise<void> {
  const captured = capturedJournal(payment);
  const { amount, currency } = payment;
  await payments.commit(payment, {
    guard: { ...guard, requiresNotUndone: "post-ledger" },
    step: "capture-payment",
    status: "COMPLETED",
    changes: { capture_id: captureId, processed_at: new Date(clock.now()).toISOString() },
    event: {
      type: "payment.completed",
      data: { capture_id: captureId, journal_id: captured.journal_id, amount: Number(amount), currency },
    },
    journals: [captured],
    achieves: { done: "capture-payment" },
  });
}
