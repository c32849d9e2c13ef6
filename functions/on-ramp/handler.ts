import { stepHandler } from "../lib/runtime/step.ts";
import { breaker, clock, onRampProvider, payments, quotes, switches, wired } from "../lib/wiring.ts";
import { onRamp } from "./on-ramp.ts";

export const handler = stepHandler(
  onRamp(wired({ payments, quotes, provider: onRampProvider, breaker, switches, clock })),
);
