import { payments } from "../lib/adapters/stores.ts";
import { stepHandler } from "../lib/runtime/step.ts";
import { reverseLedger } from "./reverse-ledger.ts";

export const handler = stepHandler(reverseLedger({ payments }));
