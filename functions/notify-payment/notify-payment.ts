// Marks that the payment's completion is announced. The event goes out by the outbox like every
// other one.
import type { SagaInput } from "../lib/contracts/types.ts";
import { type Guard, objectionTo } from "../lib/domain/guard.ts";
import type { Clock } from "../lib/ports/clock.ts";
import type { PaymentStore } from "../lib/ports/payment-store.ts";
import { loadPayment } from "../lib/saga/load-payment.ts";

const STEP = "notify-payment";
export const throws = ["ContradictionStands", "Superseded", "StoreContention", "StoreUnavailable"] as const;

export type Ports = { payments: PaymentStore; clock: Clock };

export const notifyPayment =
  ({ payments, clock }: Ports) =>
  async ({ payment_id, execution }: SagaInput): Promise<void> => {
    const payment = await loadPayment(payments, { payment_id, execution });
    // It only announces what is done: a contradiction holds up nothing here.
    const guard: Guard = { execution, evenDisputed: true };
    // The owner is judged before the result: a stale execution that finds everything done must
    // still end as superseded.
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
