import { stepHandler } from "../lib/runtime/step.ts";
import { breaker, cardProvider, clock, payments, wired } from "../lib/wiring.ts";
import { authorizePayment } from "./authorize-payment.ts";

export const handler = stepHandler(
  authorizePayment(wired({ payments, provider: cardProvider, breaker, clock })),
);
