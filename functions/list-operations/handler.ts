import { answer, httpHandler } from "../lib/runtime/http.ts";
import { clock, operations, wired } from "../lib/wiring.ts";
import { listOperations } from "./list-operations.ts";

const list = listOperations(wired({ operations, clock }));

export const handler = httpHandler({
  "GET /operations": async ({ query }) => answer(200, await list(query)),
});
