// Marks that the payment's completion is announced: its event goes out by the outbox like every other.
import type { SagaInput } from "../lib/contracts/types.ts";
import { type Guard, objectionTo } from "../lib/domain/guard.ts";
import type { Clock } from "../lib/ports/clock.ts";
import type { PaymentStore } from "../lib/ports/payment-store.ts";
import { loadPayment } from "../lib/saga/load.ts";

const STEP = "notify-payment";
export const throws = ["Superseded", "StoreContention", "StoreUnavailable"] as const;

export type Ports = { payments: PaymentStore; clock: Clock };

export const notifyPayment =
  ({ payments, clock }: Ports) =>
  async ({ payment_id, execution }: SagaInput): Promise<void> => {
    const payment = await loadPayment(payments, payment_id);
    const guard: Guard = { execution };
    // The last step judges the owner first: a stale execution that found all of its work done still ends as superseded.
    const objection = objectionTo(guard, payment);
    if (objection) throw objection;
    await payments.commit(payment, {
      guard,
      step: STEP,
      status: payment.status,
      changes: { notified_at: new Date(clock.now()).toISOString() },
      event: { type: "payment.notified", data: {} },
      journals: [],
      achieves: { done: STEP },
    });
  };
