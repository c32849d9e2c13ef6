import { answer, httpHandler } from "../lib/runtime/http.ts";
import { breaker, clock, INDEX_SHARDS, ledger, payments, policies, quotes, wired } from "../lib/wiring.ts";
import { listHoldings } from "./list-holdings.ts";

const list = listHoldings({
  ...wired({ payments, quotes, ledger, breaker, policies, clock }),
  shards: INDEX_SHARDS,
});

export const handler = httpHandler({
  "GET /accounts/in_transit/holdings": async ({ query }) => answer(200, await list(query)),
});
