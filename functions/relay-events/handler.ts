import { EventBridgeBus, eventBridgeClient } from "../lib/adapters/event-bus.ts";
import { eventIn } from "../lib/adapters/payment-item.ts";
import { streamHandler } from "../lib/runtime/stream.ts";
import { relayEvents } from "./relay-events.ts";

const relay = relayEvents(new EventBridgeBus(eventBridgeClient()));

export const handler = streamHandler((items) =>
  relay(items.map(({ position, item }) => ({ position, event: eventIn(item) }))),
);
