import { breaker, clock, offRampProvider, payments, policies, quotes } from "../lib/adapters/stores.ts";
import { stepHandler } from "../lib/runtime/step.ts";
import { resolveOffRamp } from "./resolve-off-ramp.ts";

export const handler = stepHandler(
  resolveOffRamp({ payments, quotes, provider: offRampProvider(), breaker, policies, clock }),
);
