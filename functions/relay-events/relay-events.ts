// Publishes the events of the table's stream in their order. The stream resumes at the first event
// that the bus did not take. So an event is published at least once, and none is left out.
import { eventViolations } from "../lib/contracts/event-contract.ts";
import { ContractViolated } from "../lib/errors/registry.ts";
import type { EventBus, TracedEvent } from "../lib/ports/event-bus.ts";

/** An event with the position of its stream record. */
export type Streamed = TracedEvent & { position: string };

/**
 * Returns the position to resume from, or undefined when all were published. It stops at an event
 * that breaks its contract.
 */
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
