// Posts the payment to the merchant's pending balance, less our fee. It calls nobody, so it needs no intent: its journal is
// in the same transaction as its state.
import type { SagaInput } from "../lib/contracts/types.ts";
import { pendingJournal } from "../lib/domain/journal.ts";
import { feeOf } from "../lib/domain/money.ts";
import { type Guard, objectionTo } from "../lib/domain/payment.ts";
import type { PaymentStore } from "../lib/ports/payment-store.ts";
import type { PolicySource } from "../lib/ports/policy-source.ts";
import { loadPayment } from "../lib/saga/load.ts";

const STEP = "post-ledger";
export const throws = [
  "CancelRequested",
  "UndoStarted",
  "Superseded",
  "StoreContention",
  "StoreUnavailable",
] as const;

export type Ports = { payments: PaymentStore; policies: PolicySource };

export const postLedger =
  ({ payments, policies }: Ports) =>
  async ({ payment_id, execution }: SagaInput): Promise<void> => {
    const payment = await loadPayment(payments, payment_id);
    const guard: Guard = { execution, step: STEP, heedsCancel: true };
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
