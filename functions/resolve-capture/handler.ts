import { stepHandler } from "../lib/runtime/step.ts";
import { breaker, cardProvider, clock, payments, wired } from "../lib/wiring.ts";
import { resolveCapture } from "./resolve-capture.ts";

export const handler = stepHandler(
  resolveCapture(wired({ payments, provider: cardProvider, breaker, clock })),
);
