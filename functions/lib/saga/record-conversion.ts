// The transactions of the two ramps: bought value is in transit, and paid out value is not any
// more. The step, its Resolve or its undo may be the first to learn of either. The success is the
// one that was asked for: whoever records it has compared it with the question.
import { convertedAmount, offRampedJournal, onRampedJournal } from "../domain/conversion-journals.ts";
import type { Guard } from "../domain/guard.ts";
import type { PaymentRecord } from "../domain/payment.ts";
import type { Terms } from "../domain/quote.ts";
import type { PaymentStore } from "../ports/payment-store.ts";
import type { Success } from "../ports/provider.ts";

/** Returns the payment afterwards. */
export function recordOnRamp(
  payments: PaymentStore,
  payment: PaymentRecord,
  terms: Terms,
  { id: on_ramp_tx_id }: Success,
  guard: Guard,
): Promise<PaymentRecord> {
  const bought = onRampedJournal(payment, terms);
  return payments.commit(payment, {
    guard,
    step: "on-ramp",
    status: "PROCESSING",
    changes: { on_ramp_tx_id },
    event: {
      type: "payment.on_ramped",
      data: {
        on_ramp_tx_id,
        journal_id: bought.journal_id,
        amount: Number(convertedAmount(terms)),
        currency: terms.currency,
        transit_amount: Number(terms.transit_amount),
      },
    },
    journals: [bought],
    achieves: { done: "on-ramp" },
  });
}

export async function recordOffRamp(
  payments: PaymentStore,
  payment: PaymentRecord,
  terms: Terms,
  { id: off_ramp_tx_id }: Success,
  guard: Guard,
): Promise<void> {
  const paid = offRampedJournal(payment, terms);
  await payments.commit(payment, {
    guard: { ...guard, requiresNotUndone: "on-ramp" },
    step: "off-ramp",
    status: "PROCESSING",
    changes: { off_ramp_tx_id },
    event: {
      type: "payment.off_ramped",
      data: {
        off_ramp_tx_id,
        journal_id: paid.journal_id,
        transit_amount: Number(terms.transit_amount),
        payout_amount: Number(terms.payout_amount),
        destination_currency: terms.destination_currency,
      },
    },
    journals: [paid],
    leavesTransit: true,
    achieves: { done: "off-ramp" },
  });
}
