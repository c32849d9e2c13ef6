// What a member means is judged of what has the member's type, on every route with a body: nothing
// that a stranger sends in its place is more than a refused request.
import { describe, expect, it } from "@jest/globals";
import fc from "fast-check";
import { acceptPayment } from "../../../functions/accept-payment/accept-payment.ts";
import { changePayment } from "../../../functions/change-payment/change-payment.ts";
import { createQuote } from "../../../functions/create-quote/create-quote.ts";
import { erasePayment } from "../../../functions/erase-payment/erase-payment.ts";
import { approveDeposit } from "../../../functions/manage-accounts/approve-deposit.ts";
import { depositFunds } from "../../../functions/manage-accounts/deposit-funds.ts";
import { openAccount } from "../../../functions/manage-accounts/open-account.ts";
import { redriveSaga } from "../../../functions/redrive-saga/redrive-saga.ts";
import { CardSaga, USER } from "../../support/card-saga.ts";
import { hostileValue, UNSPEAKABLE } from "../../support/hostile-json.ts";
import { MemoryExecutions } from "../../support/memory/memory-executions.ts";
import { MemoryLedgerStore } from "../../support/memory/memory-ledger-store.ts";
import { MemoryPaymentStore } from "../../support/memory/memory-payment-store.ts";
import { MemoryQuoteStore } from "../../support/memory/memory-quote-store.ts";
import { MemoryRates } from "../../support/memory/memory-rates.ts";
import { POLICY, policiesBy } from "../../support/policy.ts";

type Body = Record<string, unknown>;
type Route = { good: Body; send: (body: Body) => Promise<unknown> };

const world = new CardSaga();
const { clock } = world;
const ledger = new MemoryLedgerStore();
const caller = { merchantId: "m1", scopes: new Set<string>(), subject: "s", requestId: "r" };
const card = { amount: 500, currency: "INR", user_id: USER, rail: "card", payment_method: "tok_1" };
const conversion = { amount: 500, currency: "EUR", source_account: "a", destination_account: "b" };
let key = 0;
const pay = (body: Body) =>
  acceptPayment(world)({ merchantId: "m1", requestId: "r", idempotencyKey: `key-${key++}`, body });
const quotes = new MemoryQuoteStore(new MemoryPaymentStore(clock).quotes);
const { payments, sagas, operations, provider, throttle } = world;
const policies = policiesBy(() => POLICY);
const quote = createQuote({ quotes, rates: new MemoryRates(), throttle, clock, policies });
const redrive = redriveSaga({
  ...{ payments, quotes, sagas, operations, clock },
  executions: new MemoryExecutions(),
  providerOf: () => provider,
});

const books = { ledger, clock, approvals: ledger.approvals, admissions: { admits: async () => true } };
const deposit = depositFunds({ ...books, policies: policiesBy(() => POLICY) });
const operator = { subject: "s", requestId: "r" };

const ROUTES: Record<string, Route> = {
  "a card payment": { good: { ...card, metadata: { sandbox: "" }, reference: "r" }, send: pay },
  "a conversion": { good: { ...conversion, destination_currency: "EUR", quote_id: USER }, send: pay },
  "a change": {
    good: { description: "d", metadata: { order: "7" }, reference: "r" },
    send: (body) => changePayment(world)({ merchantId: "m1", paymentId: USER, ifMatch: undefined, body }),
  },
  "a quote": {
    good: { amount: 500, currency: "EUR", destination_currency: "JPY", amount_side: "source" },
    send: (body) => quote({ merchantId: "m1", requestId: "r", body }),
  },
  "an account": {
    good: {
      account_id: "acc_a",
      overdraft: "allow",
      overdraft_limits: { EUR: 1 },
      merchant_id: "m1",
      reason: "r",
    },
    send: (body) => openAccount(world)({ ...caller, requestId: `r${key++}`, scopes: new Set(["ops"]) }, body),
  },
  "a deposit": {
    good: { amount: 500, currency: "EUR", merchant_id: "m1", reason: "r" },
    send: (body) => deposit(caller, "acc_b", `${key++}`, body),
  },
  "a redrive": {
    good: { new_attempt: true, reason: "r", learned: { operation: "capture", state: "succeeded", id: "c" } },
    send: (body) => redrive({ paymentId: USER, operator, body }),
  },
  "an approval": {
    good: { reason: "r" },
    send: (body) => approveDeposit(books)(operator, USER, body),
  },
  "an erasure": {
    good: { reason: "r" },
    send: (body) => erasePayment({ payments, clock })({ paymentId: USER, operator, body }),
  },
};
/** What a body that keeps its schema may still meet. */
const LATER = ["NotFound", "QuoteNotUsable", "AccountExists", "ReferenceTaken", "ServiceUnavailable"];

async function outcomeOf({ send }: Route, body: Body): Promise<string> {
  try {
    await send(body);
    return "taken";
  } catch (error) {
    return (error as Error).name;
  }
}

describe.each(Object.entries(ROUTES))("%s", (_, route) => {
  it("is refused with an object or a list in the place of any member", async () => {
    for (const member of Object.keys(route.good)) {
      for (const value of UNSPEAKABLE) {
        const wrong = member === "metadata" && !Array.isArray(value) ? { sandbox: value } : value;
        expect(await outcomeOf(route, { ...route.good, [member]: wrong })).toBe("InvalidRequest");
      }
    }
  });

  it("is refused or taken whatever stands in the place of its members", async () => {
    const change = fc.dictionary(fc.constantFrom(...Object.keys(route.good), "more"), hostileValue);
    await fc.assert(
      fc.asyncProperty(change, async (members) => {
        const outcome = await outcomeOf(route, { ...route.good, ...members });
        expect(["taken", "InvalidRequest", ...LATER]).toContain(outcome);
      }),
      { numRuns: 300 },
    );
  });
});
