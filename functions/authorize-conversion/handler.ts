import { stepHandler } from "../lib/runtime/step.ts";
import { breaker, clock, ledger, payments, policies, quotes, rates, wired } from "../lib/wiring.ts";
import { authorizeConversion } from "./authorize-conversion.ts";

export const handler = stepHandler(
  authorizeConversion(wired({ payments, ledger, quotes, rates, policies, breaker, clock })),
);
