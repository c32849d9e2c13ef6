import { clock, payments } from "../lib/adapters/stores.ts";
import { stepHandler } from "../lib/runtime/step.ts";
import { notifyPayment } from "./notify-payment.ts";

export const handler = stepHandler(notifyPayment({ payments, clock }));
