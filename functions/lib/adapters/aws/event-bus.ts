// Publishes to EventBridge, ten events a call, and reports which events it did not take.
import { EventBridgeClient, PutEventsCommand } from "@aws-sdk/client-eventbridge";
import { detailType } from "../../contracts/event-types.ts";
import { EVENT_SOURCE } from "../../domain/events.ts";
import type { EventBus, TracedEvent } from "../../ports/event-bus.ts";
import { busName } from "../../runtime/config.ts";
import { traced } from "../../runtime/tracing.ts";
import { deadline } from "./request-handler.ts";

/** What PutEvents takes at once. */
const ENTRIES_AT_ONCE = 10;

export const eventBridgeClient = (): EventBridgeClient =>
  traced(new EventBridgeClient({ maxAttempts: 3, requestHandler: deadline(5_000) }));

export class EventBridgeBus implements EventBus {
  private readonly client: EventBridgeClient;

  constructor(client: EventBridgeClient) {
    this.client = client;
  }

  async publish(events: TracedEvent[]): Promise<boolean[]> {
    const taken: boolean[] = [];
    for (let from = 0; from < events.length; from += ENTRIES_AT_ONCE) {
      const Entries = events.slice(from, from + ENTRIES_AT_ONCE).map(({ event, trace }) => ({
        EventBusName: busName("events"),
        Source: EVENT_SOURCE,
        DetailType: detailType(event),
        Time: new Date(event.occurred_at),
        Detail: JSON.stringify(event),
        ...(trace === undefined ? {} : { TraceHeader: trace }),
      }));
      const answer = await this.client.send(new PutEventsCommand({ Entries }));
      taken.push(...(answer.Entries ?? []).map((entry) => entry.EventId !== undefined));
    }
    return taken;
  }
}
