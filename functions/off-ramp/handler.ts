import { breaker, clock, offRampProvider, payments, quotes } from "../lib/adapters/stores.ts";
import { switches } from "../lib/adapters/switches.ts";
import { stepHandler } from "../lib/runtime/step.ts";
import { offRamp } from "./off-ramp.ts";

export const handler = stepHandler(
  offRamp({ payments, quotes, provider: offRampProvider(), breaker, switches, clock }),
);
