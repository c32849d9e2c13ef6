import { answer, httpHandler } from "../lib/runtime/http.ts";
import { clock, findings, ledger, wired } from "../lib/wiring.ts";
import { reportIntegrity } from "./report-integrity.ts";

const report = reportIntegrity(wired({ ledger, findings, clock }));

export const handler = httpHandler({ "GET /integrity/report": async () => answer(200, await report()) });
