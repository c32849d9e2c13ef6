// Publishes events that the table's stream brings, in their order. What the bus does not take is reported, and the stream
// comes again from there: an event is published at least once, and never left out.
import { eventViolations } from "../lib/contracts/event-contract.ts";
import { ContractViolated } from "../lib/errors/registry.ts";
import type { EventBus, TracedEvent } from "../lib/ports/event-bus.ts";

/** An event with the position of its stream record. */
export type Streamed = TracedEvent & { position: string };

/** Returns the position to resume from, or undefined when all were published. An event that breaks its contract stops there. */
export const relayEvents =
  (bus: EventBus) =>
  async (records: Streamed[]): Promise<string | undefined> => {
    const poisoned = records.findIndex(({ event }) => eventViolations(event).length > 0);
    const sound = poisoned === -1 ? records : records.slice(0, poisoned);
    const taken = await bus.publish(sound);
    const refused = sound[taken.indexOf(false)];
    if (refused) return refused.position;
    const poison = records[poisoned];
    if (poison && sound.length === 0)
      throw new ContractViolated(`event ${poison.event.event_id} breaks its schema`);
    return poison?.position;
  };
