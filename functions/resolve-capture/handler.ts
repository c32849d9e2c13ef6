import { breaker, cardProvider, clock, payments } from "../lib/adapters/stores.ts";
import { stepHandler } from "../lib/runtime/step.ts";
import { resolveCapture } from "./resolve-capture.ts";

export const handler = stepHandler(resolveCapture({ payments, provider: cardProvider(), breaker, clock }));
