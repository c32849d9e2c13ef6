import { breaker, clock, ledger, payments, policies, quotes, rates } from "../lib/adapters/stores.ts";
import { stepHandler } from "../lib/runtime/step.ts";
import { authorizeConversion } from "./authorize-conversion.ts";

export const handler = stepHandler(
  authorizeConversion({ payments, ledger, quotes, rates: rates(), policies, breaker, clock }),
);
