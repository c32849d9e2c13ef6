import { breaker, cardProvider, clock, payments } from "../lib/adapters/stores.ts";
import { stepHandler } from "../lib/runtime/step.ts";
import { authorizePayment } from "./authorize-payment.ts";

export const handler = stepHandler(authorizePayment({ payments, provider: cardProvider(), breaker, clock }));
