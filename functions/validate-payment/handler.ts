import { isProduction } from "../lib/runtime/config.ts";
import { stepHandler } from "../lib/runtime/step.ts";
import { accounts, clock, payments, policies, wired } from "../lib/wiring.ts";
import { validatePayment } from "./validate-payment.ts";

export const handler = stepHandler(
  validatePayment({ ...wired({ payments, accounts, policies, clock }), opensAccounts: !isProduction() }),
);
