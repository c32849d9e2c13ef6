import { EventBridgeBus, eventBridgeClient } from "../lib/adapters/aws/event-bus.ts";
import { eventIn, traceIn } from "../lib/adapters/dynamodb/payment-item.ts";
import { systemClock } from "../lib/adapters/system-clock.ts";
import { measure } from "../lib/runtime/metrics.ts";
import { streamHandler } from "../lib/runtime/stream.ts";
import { relayEvents } from "./relay-events.ts";

const clock = systemClock();
const relay = relayEvents(new EventBridgeBus(eventBridgeClient()));

export const handler = streamHandler(async (items) => {
  const records = items.map(({ position, item }) => ({
    position,
    event: eventIn(item),
    trace: traceIn(item),
  }));
  const resumeAt = await relay(records);
  const oldest = records[0]?.event?.occurred_at;
  if (resumeAt === undefined && oldest) measure({ RelaySeconds: (clock.now() - Date.parse(oldest)) / 1000 });
  return resumeAt;
});
