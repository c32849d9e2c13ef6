// Asks verify-integrity for a look at a payment, by an event of it, as the bus would.
import type { PaymentEvent } from "../contracts/event-types.ts";

export interface VerificationQueue {
  /** Queues the event. False when the queue did not take it; the sweep then asks again. */
  enqueue(event: PaymentEvent, delaySeconds?: number): Promise<boolean>;
}
