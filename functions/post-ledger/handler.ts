import { stepHandler } from "../lib/runtime/step.ts";
import { clock, payments, policies, quotes, wired } from "../lib/wiring.ts";
import { postLedger } from "./post-ledger.ts";

export const handler = stepHandler(postLedger(wired({ payments, policies, quotes, clock })));
