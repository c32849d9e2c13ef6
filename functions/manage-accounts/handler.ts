import { answer, type HttpAnswer, httpHandler } from "../lib/runtime/http.ts";
import { admissions, approvals, clock, ledger, policies, throttle, wired } from "../lib/wiring.ts";
import { approveDeposit } from "./approve-deposit.ts";
import { depositFunds, shownRequest, type Taken } from "./deposit-funds.ts";
import { readBalance } from "./manage-accounts.ts";
import { openAccount } from "./open-account.ts";

const open = openAccount(wired({ ledger, policies, admissions, throttle, clock }));
const balance = readBalance(wired({ ledger }));
const take = depositFunds(wired({ ledger, approvals, policies, admissions, clock }));
const approve = approveDeposit(wired({ ledger, approvals, admissions, clock }));

function answerTaken(taken: Taken): HttpAnswer {
  const replay: Record<string, string> = taken.replayed ? { "idempotent-replayed": "true" } : {};
  if (!taken.pending) return answer(201, taken.deposit, replay);
  const location = `/approvals/${taken.pending.approval_id}`;
  return answer(202, shownRequest(taken.pending), { location, ...replay });
}

export const handler = httpHandler({
  "POST /accounts": async (call) => {
    const { created, account } = await open(call, call.body);
    return answer(created ? 201 : 200, account, { location: `/accounts/${account.account_id}/balance` });
  },
  "GET /accounts/{account_id}/balance": async (call) =>
    answer(200, await balance(call, call.path.account_id ?? "")),
  "POST /accounts/{account_id}/deposits": async (call) => {
    const key = call.headers["idempotency-key"];
    return answerTaken(await take(call, call.path.account_id ?? "", key, call.body));
  },
  "POST /approvals/{approval_id}": async (call) =>
    answerTaken(await approve(call, call.path.approval_id ?? "", call.body)),
});
