import { stepHandler } from "../lib/runtime/step.ts";
import { breaker, clock, offRampProvider, payments, policies, quotes, wired } from "../lib/wiring.ts";
import { resolveOffRamp } from "./resolve-off-ramp.ts";

export const handler = stepHandler(
  resolveOffRamp(wired({ payments, quotes, provider: offRampProvider, breaker, policies, clock })),
);
