import { breaker, cardProvider, clock, payments } from "../lib/adapters/stores.ts";
import { switches } from "../lib/adapters/switches.ts";
import { stepHandler } from "../lib/runtime/step.ts";
import { capturePayment } from "./capture-payment.ts";

export const handler = stepHandler(
  capturePayment({ payments, provider: cardProvider(), breaker, switches, clock }),
);
