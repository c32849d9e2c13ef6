import { stepHandler } from "../lib/runtime/step.ts";
import { breaker, cardProvider, clock, payments, wired } from "../lib/wiring.ts";
import { voidAuthorization } from "./void-authorization.ts";

export const handler = stepHandler(
  voidAuthorization(wired({ payments, provider: cardProvider, breaker, clock })),
);
