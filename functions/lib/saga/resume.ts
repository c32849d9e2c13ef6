// A parked payment whose execution goes on is in work again: said by an event, written by whoever takes the execution up.
import type { Learned } from "../contracts/types.ts";
import type { PaymentRecord } from "../domain/payment.ts";
import type { PaymentStore } from "../ports/payment-store.ts";

/** What an operator learned from a provider, and who it was: stands in the event of the execution that goes on with it. */
export type Brought = { operator: string; learned: Learned };

/** PROCESSING, with the event. Throws Superseded for another's payment, StoreContention when the payment changed meanwhile. */
export const resume = (
  payments: PaymentStore,
  payment: PaymentRecord,
  execution: string,
  brought?: Brought,
): Promise<PaymentRecord> =>
  payments.commit(payment, {
    guard: { execution, acceptsUnclaimed: true },
    status: "PROCESSING",
    changes: {},
    event: { type: "payment.resumed", data: { execution, ...brought } },
    journals: [],
    achieves: { onlyIfUnchanged: true },
  });
