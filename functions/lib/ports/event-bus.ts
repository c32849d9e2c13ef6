// Where events go once they are written: the bus that fans them out.
import type { PaymentEvent } from "../contracts/event-types.ts";

/** An event with the trace that it came about in, which consumers go on with. */
export type TracedEvent = { event: PaymentEvent; trace?: string | undefined };

export interface EventBus {
  /**
   * Publishes in order. Returns for each event whether the bus took it. Throws when a call failed
   * as a whole.
   */
  publish(events: TracedEvent[]): Promise<boolean[]>;
}
