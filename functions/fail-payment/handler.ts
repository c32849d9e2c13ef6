import { stepHandler } from "../lib/runtime/step.ts";
import { clock, payments, wired } from "../lib/wiring.ts";
import { failPayment } from "./fail-payment.ts";

export const handler = stepHandler(failPayment(wired({ payments, clock })));
