// A parked payment whose execution goes on is in work again: said by an event, written by whoever takes the execution up.
import type { PaymentRecord } from "../domain/payment.ts";
import type { PaymentStore } from "../ports/payment-store.ts";

/** PROCESSING, with the event. Throws Superseded for another's payment, StoreContention when the payment changed meanwhile. */
export const resume = (
  payments: PaymentStore,
  payment: PaymentRecord,
  execution: string,
): Promise<PaymentRecord> =>
  payments.commit(payment, {
    guard: { execution, acceptsUnclaimed: true },
    status: "PROCESSING",
    changes: {},
    event: { type: "payment.resumed", data: { execution } },
    journals: [],
    achieves: { asRead: true },
  });
