import { breaker, clock, onRampProvider, payments, quotes } from "../lib/adapters/stores.ts";
import { switches } from "../lib/adapters/switches.ts";
import { stepHandler } from "../lib/runtime/step.ts";
import { onRamp } from "./on-ramp.ts";

export const handler = stepHandler(
  onRamp({ payments, quotes, provider: onRampProvider(), breaker, switches, clock }),
);
