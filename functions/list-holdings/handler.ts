import { INDEX_SHARDS } from "../lib/adapters/dynamodb/payment-item.ts";
import { breaker, clock, ledger, payments, policies, quotes } from "../lib/adapters/stores.ts";
import { answer, httpHandler } from "../lib/runtime/http.ts";
import { listHoldings } from "./list-holdings.ts";

const list = listHoldings({ payments, quotes, ledger, breaker, policies, clock, shards: INDEX_SHARDS });

export const handler = httpHandler({
  "GET /accounts/in_transit/holdings": async ({ query }) => answer(200, await list(query)),
});
