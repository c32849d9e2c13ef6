import { stepHandler } from "../lib/runtime/step.ts";
import { payments, wired } from "../lib/wiring.ts";
import { reverseLedger } from "./reverse-ledger.ts";

export const handler = stepHandler(reverseLedger(wired({ payments })));
