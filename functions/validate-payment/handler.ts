import { isProduction } from "../lib/runtime/config.ts";
import { stepHandler } from "../lib/runtime/step.ts";
import { clock, ledger, payments, policies, wired } from "../lib/wiring.ts";
import { validatePayment } from "./validate-payment.ts";

export const handler = stepHandler(
  validatePayment({ ...wired({ payments, ledger, policies, clock }), opensAccounts: !isProduction() }),
);
