import { clock, payments, policies, quotes } from "../lib/adapters/stores.ts";
import { stepHandler } from "../lib/runtime/step.ts";
import { postLedger } from "./post-ledger.ts";

export const handler = stepHandler(postLedger({ payments, policies, quotes, clock }));
