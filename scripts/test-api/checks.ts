// What an API must answer before it gets traffic. The order matters: the checks follow one card
// payment, and then one conversion.
import { randomUUID } from "node:crypto";
import { setTimeout as wait } from "node:timers/promises";
import type { Answer, Api } from "./api.ts";

/** Resolves with why it checked nothing, when the endpoint does not offer what it checks. */
export type Check = (api: Api) => Promise<string | undefined>;
type Payment = { payment_id: string; status: string; failure?: { code: string } };

/** The design's own promise: terminal within 60 s. */
const COMPLETED_WITHIN_SECONDS = 60;
const ASK_EVERY_MS = 500;
const ENDS = ["COMPLETED", "FAILED", "CANCELED", "IN_REVIEW"];

/**
 * Errors of a conversion on a rail or in a pair that this endpoint does not offer. Nothing moved,
 * and nothing is wrong.
 */
const NOT_OFFERED = ["RailDisabled", "CurrencyUnsupported"];
const ACCOUNTS = { source_account: "smoke-source", destination_account: "smoke-destination" };

function expect(answer: Answer, status: number): Answer {
  if (answer.status !== status)
    throw new Error(`${answer.status} instead of ${status}: ${answer.text.slice(0, 300)}`);
  return answer;
}

const demand = (isSo: boolean, otherwise: string): void => {
  if (!isSo) throw new Error(otherwise);
};

const problemOf = ({ headers }: Answer): boolean =>
  headers.get("content-type")?.includes("application/problem+json") ?? false;

/** The payment once it has ended. When that takes too long: the payment as it was last seen. */
async function ended(api: Api, payment: Payment): Promise<Payment> {
  const deadline = Date.now() + COMPLETED_WITHIN_SECONDS * 1000;
  let last = payment;
  while (!ENDS.includes(last.status) && Date.now() < deadline) {
    await wait(ASK_EVERY_MS);
    last = JSON.parse(expect(await api.call("GET", `/payments/${payment.payment_id}`), 200).text);
  }
  return last;
}

const demandCompleted = ({ status, failure }: Payment): void =>
  demand(status === "COMPLETED", `${status} ${JSON.stringify(failure ?? "")}`);

/** Checks of a new card payment and a new conversion. */
export function checks(): [what: string, check: Check][] {
  const always = ofCardPayment().map(([what, check]): [string, Check] => [
    what,
    (api) => check(api).then(() => undefined),
  ]);
  return [...always, ["a conversion is COMPLETED in time, and once for its key", converts]];
}

/**
 * Makes a conversion between two accounts of the caller, the same ones in every run. Outside of
 * production they open by themselves, with play money. Where they do not, the check opens them, and
 * an operator has to fund the source once: until then the conversion is left out.
 */
async function converts(api: Api): Promise<string | undefined> {
  let payment = await convertOnce(api);
  if (payment.failure?.code === "AccountClosed") {
    await openAccounts(api);
    payment = await convertOnce(api);
  }
  const code = payment.failure?.code ?? "";
  if (payment.status === "FAILED" && NOT_OFFERED.includes(code)) return code;
  if (payment.status === "FAILED" && code === "InsufficientFunds")
    return `${code}: fund ${ACCOUNTS.source_account} first`;
  demandCompleted(payment);
  return undefined;
}

async function openAccounts(api: Api): Promise<void> {
  for (const account_id of Object.values(ACCOUNTS)) {
    const { status, text } = await api.call("POST", "/accounts", { body: { account_id } });
    demand([200, 201].includes(status), `the account was not opened: ${status} ${text.slice(0, 300)}`);
  }
}

/** Sends a conversion twice under one key, and answers its payment once it has ended. */
async function convertOnce(api: Api): Promise<Payment> {
  const key = `smoke-${randomUUID()}`;
  const body = { amount: 1000, currency: "EUR", destination_currency: "JPY", ...ACCOUNTS };
  const first = expect(await api.call("POST", "/payments", { body, key }), 202);
  const again = expect(await api.call("POST", "/payments", { body, key }), 202);
  demand(again.text === first.text, "the same key got other bytes");
  return ended(api, JSON.parse(first.text));
}

function ofCardPayment(): [what: string, check: (api: Api) => Promise<void>][] {
  const key = `smoke-${randomUUID()}`;
  const body = { amount: 100, currency: "EUR", user_id: randomUUID() };
  let first: Answer | undefined;
  const paid = (): Payment => {
    if (!first) throw new Error("no payment was accepted");
    return JSON.parse(first.text);
  };
  return [
    [
      "the service says that it is up",
      async (api) => {
        expect(await api.call("GET", "/health", { anonymous: true }), 200);
      },
    ],
    [
      "a payment without a token is refused",
      async (api) => {
        expect(await api.call("POST", "/payments", { body, key, anonymous: true }), 401);
      },
    ],
    [
      "a malformed payment is refused with the fields at fault",
      async (api) => {
        const answer = expect(
          await api.call("POST", "/payments", { body: { ...body, amount: "1.00" }, key }),
          400,
        );
        demand(problemOf(answer), "not application/problem+json");
        const { errors = [] } = JSON.parse(answer.text) as { errors?: { pointer?: string }[] };
        demand(errors.length > 0, "no errors[]");
      },
    ],
    [
      "a payment is accepted",
      async (api) => {
        const answer = expect(await api.call("POST", "/payments", { body, key }), 202);
        first = answer;
        demand(
          answer.headers.get("location") === `/payments/${paid().payment_id}`,
          "no Location of the payment",
        );
      },
    ],
    [
      "the same key again gets the same bytes, and no second payment",
      async (api) => {
        const again = expect(await api.call("POST", "/payments", { body, key }), 202);
        demand(again.headers.get("idempotent-replayed") === "true", "not marked as a replay");
        demand(again.text === first?.text, "other bytes than the first answer's");
      },
    ],
    [
      "the same key with another amount is refused",
      async (api) => {
        expect(await api.call("POST", "/payments", { body: { ...body, amount: 101 }, key }), 422);
      },
    ],
    [
      "the payment is COMPLETED in time",
      async (api) => {
        demandCompleted(await ended(api, paid()));
      },
    ],
    [
      "its audit trail has no gap",
      async (api) => {
        const answer = expect(await api.call("GET", `/payments/${paid().payment_id}/events`), 200);
        const { events } = JSON.parse(answer.text) as { events: { sequence: number }[] };
        demand(events.length > 1, "no events");
        demand(
          events.every(({ sequence }, position) => sequence === position + 1),
          "a sequence is missing",
        );
      },
    ],
    [
      "a payment of nobody is not found",
      async (api) => {
        expect(await api.call("GET", `/payments/${randomUUID()}`), 404);
      },
    ],
  ];
}
