import { clock, payments } from "../lib/adapters/stores.ts";
import { stepHandler } from "../lib/runtime/step.ts";
import { failPayment } from "./fail-payment.ts";

export const handler = stepHandler(failPayment({ payments, clock }));
