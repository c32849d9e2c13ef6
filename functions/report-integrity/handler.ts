import { clock, findings, ledger } from "../lib/adapters/stores.ts";
import { answer, httpHandler } from "../lib/runtime/http.ts";
import { reportIntegrity } from "./report-integrity.ts";

const report = reportIntegrity({ ledger, findings, clock });

export const handler = httpHandler({ "GET /integrity/report": async () => answer(200, await report()) });
