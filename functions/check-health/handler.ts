import { answer, httpHandler } from "../lib/runtime/http.ts";

export const handler = httpHandler({ "GET /health": async () => answer(200, { status: "ok" }) });
