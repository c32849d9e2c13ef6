import { breaker, clock, onRampProvider, payments, quotes } from "../lib/adapters/stores.ts";
import { stepHandler } from "../lib/runtime/step.ts";
import { reverseOnRamp } from "./reverse-on-ramp.ts";

export const handler = stepHandler(
  reverseOnRamp({ payments, quotes, provider: onRampProvider(), breaker, clock }),
);
