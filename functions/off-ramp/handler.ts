import { stepHandler } from "../lib/runtime/step.ts";
import { breaker, clock, offRampProvider, payments, quotes, switches, wired } from "../lib/wiring.ts";
import { offRamp } from "./off-ramp.ts";

export const handler = stepHandler(
  offRamp(wired({ payments, quotes, provider: offRampProvider, breaker, switches, clock })),
);
