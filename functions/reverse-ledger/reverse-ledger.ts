// Undoes PostLedger with the contra entry. The tombstone comes first, so that a late PostLedger
// cannot post any more.
import type { SagaInput } from "../lib/contracts/types.ts";
import { reversingJournal } from "../lib/domain/card-journals.ts";
import type { Guard } from "../lib/domain/guard.ts";
import { isDone } from "../lib/domain/payment.ts";
import type { PaymentStore } from "../lib/ports/payment-store.ts";

const UNDOES = "post-ledger";
export const throws = ["Superseded", "StoreContention", "StoreUnavailable"] as const;

export type Ports = { payments: PaymentStore };

export const reverseLedger =
  ({ payments }: Ports) =>
  async ({ payment_id, execution }: SagaInput): Promise<void> => {
    const guard: Guard = { execution, acceptsUnclaimed: true };
    const { payment } = await payments.mark(payment_id, "tombstone", UNDOES, guard);
    if (!isDone(payment, UNDOES)) return;
    const reversing = reversingJournal(payment);
    await payments.commit(payment, {
      guard,
      step: "reverse-ledger",
      status: "PROCESSING",
      changes: {},
      event: { type: "payment.reversed", data: { journal_id: reversing.journal_id } },
      journals: [reversing],
      achieves: { undone: UNDOES },
    });
  };
