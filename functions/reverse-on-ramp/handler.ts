import { stepHandler } from "../lib/runtime/step.ts";
import { breaker, clock, onRampProvider, payments, quotes, wired } from "../lib/wiring.ts";
import { reverseOnRamp } from "./reverse-on-ramp.ts";

export const handler = stepHandler(
  reverseOnRamp(wired({ payments, quotes, provider: onRampProvider, breaker, clock })),
);
