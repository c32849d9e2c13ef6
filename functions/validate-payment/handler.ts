import { clock, ledger, payments, policies } from "../lib/adapters/stores.ts";
import { isProduction } from "../lib/runtime/config.ts";
import { stepHandler } from "../lib/runtime/step.ts";
import { validatePayment } from "./validate-payment.ts";

export const handler = stepHandler(
  validatePayment({ payments, ledger, policies, clock, opensAccounts: !isProduction() }),
);
