import { stepHandler } from "../lib/runtime/step.ts";
import { clock, payments, wired } from "../lib/wiring.ts";
import { notifyPayment } from "./notify-payment.ts";

export const handler = stepHandler(notifyPayment(wired({ payments, clock })));
