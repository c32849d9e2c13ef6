import { stepHandler } from "../lib/runtime/step.ts";
import { accounts, breaker, clock, payments, policies, quotes, rates, wired } from "../lib/wiring.ts";
import { authorizeConversion } from "./authorize-conversion.ts";

export const handler = stepHandler(
  authorizeConversion(wired({ payments, accounts, quotes, rates, policies, breaker, clock })),
);
