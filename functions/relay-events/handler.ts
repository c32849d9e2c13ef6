import { measure } from "../lib/runtime/metrics.ts";
import { streamHandler } from "../lib/runtime/stream.ts";
import { bus, clock, eventIn, traceIn, wired } from "../lib/wiring.ts";
import { relayEvents } from "./relay-events.ts";

const ports = wired({ bus, clock });
const relay = relayEvents(ports.bus);

export const handler = streamHandler(async (items) => {
  const records = items.map(({ position, item }) => ({
    position,
    event: eventIn(item),
    trace: traceIn(item),
  }));
  const resumeAt = await relay(records);
  const oldest = records[0]?.event?.occurred_at;
  if (resumeAt === undefined && oldest)
    measure({ RelaySeconds: (ports.clock.now() - Date.parse(oldest)) / 1000 });
  return resumeAt;
});
