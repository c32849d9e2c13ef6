// The posting of a card payment: the amount less our fee, pending until the capture.
import { pendingJournal } from "../lib/domain/card-journals.ts";
import { type Guard, objectionTo } from "../lib/domain/guard.ts";
import { feeOf } from "../lib/domain/money.ts";
import type { PaymentRecord } from "../lib/domain/payment.ts";
import type { PaymentStore } from "../lib/ports/payment-store.ts";
import type { PolicySource } from "../lib/ports/policy-source.ts";

const STEP = "post-ledger";
export const throws = [
  "CancelRequested",
  "UndoStarted",
  "ContradictionStands",
  "Superseded",
  "StoreContention",
  "StoreUnavailable",
] as const;

export type PromisePorts = { payments: PaymentStore; policies: PolicySource };

export const promiseSale =
  ({ payments, policies }: PromisePorts) =>
  async (payment: PaymentRecord, execution: string): Promise<void> => {
    const guard: Guard = { execution, step: STEP, refusedIfCancelRequested: true };
    const objection = objectionTo(guard, payment);
    if (objection) throw objection;
    const { card_fee_bps } = await policies.policyOf(payment.merchant_id);
    const fee = feeOf(payment.amount, card_fee_bps);
    const pending = pendingJournal(payment, fee);
    await payments.commit(payment, {
      guard,
      step: STEP,
      status: "PROCESSING",
      changes: { fee },
      event: { type: "payment.posted", data: { journal_id: pending.journal_id, fee: Number(fee) } },
      journals: [pending],
      achieves: { done: STEP },
    });
  };
