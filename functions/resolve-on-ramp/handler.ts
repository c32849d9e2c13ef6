import { breaker, clock, onRampProvider, payments, quotes } from "../lib/adapters/stores.ts";
import { stepHandler } from "../lib/runtime/step.ts";
import { resolveOnRamp } from "./resolve-on-ramp.ts";

export const handler = stepHandler(
  resolveOnRamp({ payments, quotes, provider: onRampProvider(), breaker, clock }),
);
