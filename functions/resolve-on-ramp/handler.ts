import { stepHandler } from "../lib/runtime/step.ts";
import { breaker, clock, onRampProvider, payments, quotes, wired } from "../lib/wiring.ts";
import { resolveOnRamp } from "./resolve-on-ramp.ts";

export const handler = stepHandler(
  resolveOnRamp(wired({ payments, quotes, provider: onRampProvider, breaker, clock })),
);
