import { stepHandler } from "../lib/runtime/step.ts";
import { breaker, cardProvider, clock, payments, switches, wired } from "../lib/wiring.ts";
import { capturePayment } from "./capture-payment.ts";

export const handler = stepHandler(
  capturePayment(wired({ payments, provider: cardProvider, breaker, switches, clock })),
);
