import { answer, httpHandler } from "../lib/runtime/http.ts";
import { admissions, clock, ledger, policies, throttle, wired } from "../lib/wiring.ts";
import { depositFunds } from "./deposit-funds.ts";
import { readBalance } from "./manage-accounts.ts";
import { openAccount } from "./open-account.ts";

const open = openAccount(wired({ ledger, policies, admissions, throttle, clock }));
const balance = readBalance(wired({ ledger }));
const take = depositFunds(wired({ ledger, admissions, clock }));

export const handler = httpHandler({
  "POST /accounts": async (call) => {
    const { created, account } = await open(call, call.body);
    return answer(created ? 201 : 200, account, { location: `/accounts/${account.account_id}/balance` });
  },
  "GET /accounts/{account_id}/balance": async (call) =>
    answer(200, await balance(call, call.path.account_id ?? "")),
  "POST /accounts/{account_id}/deposits": async (call) => {
    const key = call.headers["idempotency-key"];
    const { deposit, replayed } = await take(call, call.path.account_id ?? "", key, call.body);
    return answer(201, deposit, replayed ? { "idempotent-replayed": "true" } : {});
  },
});
