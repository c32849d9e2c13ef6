// Card numbers in every place where a stranger, a provider or an operator can put one. Each is of
// its own, so that it can be searched for: in answers, on the terminal, in every table, every index
// and every file of the stack's home.
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { DynamoDBClient } from "@aws-sdk/client-dynamodb";
import { passesLuhn } from "../../functions/lib/domain/card-prefixes.ts";
import manifest from "../../functions/manifest.json" with { type: "json" };
import { localClient } from "../../scripts/lib/local-client.ts";
import { Random } from "../../scripts/lib/random.ts";
import { runningStack } from "../../scripts/lib/running-stack.ts";
import { startStack } from "../support/stack.ts";
import { claim } from "./lib/claims.ts";
import { type Answer, Client, type Json, newMerchant, OPERATOR } from "./lib/client.ts";
import type { Context, Proof } from "./lib/proof.ts";
import { signed } from "./lib/signed-webhook.ts";
import { placesInHome, placesInTables } from "./lib/words-in.ts";

/** On a laptop the sandbox keeps its books in a file of the home. */
const TABLES = Object.fromEntries(
  Object.entries(manifest.tables).filter(([, table]) => !("sandbox" in table)),
);
const ROUNDS = 10;
const PERSON = "6f2c1e0a-94c5-4f5e-8a3c-0d3b4a5c6d7e";

export const proof: Proof = {
  claim: "a card number that anybody sends stands in no answer, no log, no table and no finding",
  stack: "none",
  async run(context) {
    const home = mkdtempSync(join(tmpdir(), "contra-cards-"));
    // The terminal's line per request is searched too.
    const stack = await startStack({ home, env: { QUIET: "" } });
    const database = localClient(String(runningStack(home).parts.dynamodb?.url));
    try {
      await prove(context, new Client(stack.url, home), { database, home, printed: stack.printed });
    } finally {
      database.destroy();
      await stack.stop();
      rmSync(home, { recursive: true, force: true, maxRetries: 20 });
    }
  },
};

type Where = { database: DynamoDBClient; home: string; printed: () => string };

async function prove({ sized, figure }: Context, client: Client, where: Where): Promise<void> {
  const random = new Random(12);
  const words: string[] = [];
  let sent = 0;
  for (let round = 0; round < Math.max(2, sized(ROUNDS)); round++) {
    const merchant = newMerchant();
    const payment = await client.accepted(merchant, { amount: 500, currency: "INR", user_id: PERSON });
    await client.ended(merchant, payment);
    for (const place of placesOf(client, merchant, payment)) {
      const card = newCard(random);
      const written = (card.match(/.{4}/g) ?? []).join(random.pick([" ", "-", ".", "_", "  "]));
      words.push(card, written);
      const { status, text, headers } = await place.send(card, written);
      sent += 1;
      const answer = `${text} ${[...headers].flat().join(" ")}`;
      claim.oneOf("it is refused, or nobody reads it", status, place.answered, { place: place.name, text });
      claim.nothing(
        "no answer holds it",
        [card, written].filter((word) => answer.includes(word)).map(() => place.name),
      );
    }
  }
  // What the last requests set off is written by then.
  const known = newMerchant();
  const last = await client.accepted(known, { amount: 500, currency: "INR", user_id: PERSON });
  await client.ended(known, last);
  const items = await placesInTables(where.database, TABLES, words);
  const files = placesInHome(where.home, words);
  const told = where.printed();
  claim.nothing("no item of any table or index holds one", items.places);
  claim.nothing("no file of the home holds one", files.places);
  claim.nothing(
    "no line of the terminal holds one",
    words.filter((word) => told.includes(word)),
  );
  // What is searched for can be found: the search sees the merchants of the same requests.
  claim.atLeast(
    "the search finds what is there",
    (await placesInTables(where.database, TABLES, [known])).places.length,
    1,
  );
  claim.equal("the terminal is heard", told.includes(known) && told.includes("[card]"), true);
  figure("places", placesOf(client, "", "").length);
  figure("requests with a card number", sent);
  figure("items searched, of tables and indexes", items.searched);
  figure("files of the home searched", files.searched);
  figure("places that hold one", items.places.length + files.places.length);
}

/** A number of Visa's that nobody else sends. */
function newCard(random: Random): string {
  const digits = `4${Array.from({ length: 14 }, () => Math.floor(random.next() * 10)).join("")}`;
  return (
    digits + Array.from({ length: 10 }, (_, last) => String(last)).find((last) => passesLuhn(digits + last))
  );
}

type Place = { name: string; answered: number[]; send: (card: string, written: string) => Promise<Answer> };

function placesOf(client: Client, merchant: string, payment: string): Place[] {
  const BODY = { amount: 500, currency: "INR", user_id: PERSON };
  const post = (path: string, body: Json, who = merchant, headers: Json = {}) =>
    client.request("POST", path, {
      merchant: who,
      headers: { "idempotency-key": `key ${path}`, ...headers },
      body,
    });
  const get = (path: string) => client.request("GET", path, { merchant });
  const at = (name: string, answered: number[], send: Place["send"]): Place => ({ name, answered, send });
  return [
    at("a value", [400], (_, written) =>
      post("/payments", { ...BODY, metadata: { note: `pay ${written} now` } }),
    ),
    at("a name", [400], (_, written) => post("/payments", { ...BODY, metadata: { [written]: "x" } })),
    at("a member that is not known", [400], (card) => post("/v1/charges", { ...BODY, [card]: 1 })),
    at("a number", [400], (card) => post("/payments", { ...BODY, amount: Number(card) })),
    at("a reference", [400], (card) => post("/payments", { ...BODY, reference: `${card}1229` })),
    at("a payment method", [400], (card) => post("/payments", { ...BODY, payment_method: card })),
    at("a key", [400], (_, written) => post("/payments", BODY, merchant, { "idempotency-key": written })),
    at("a quote", [400], (card) =>
      post("/quotes", { amount: 1, currency: "EUR", destination_currency: card }),
    ),
    at("an account", [400], (card) => post("/accounts", { account_id: card })),
    at("a path", [404], (_, written) => get(`/payments/${encodeURIComponent(written)}`)),
    at("a path over segments", [404], (card) => get(`/payments/${(card.match(/.{4}/g) ?? []).join("/")}`)),
    at("a path with a slash behind it", [404], (card) => get(`/payments/${card}/`)),
    at("an account's path", [404], (card) => get(`/accounts/${card}/balance`)),
    at("a query", [200], (card, written) =>
      get(`/payments/${payment}?card=${card}&c=${encodeURIComponent(written)}`),
    ),
    at("headers that nobody reads", [200], (card, written) =>
      client.request("GET", `/payments/${payment}`, {
        merchant,
        headers: { "user-agent": written, "x-request-id": card, "x-amzn-trace-id": card, referer: card },
      }),
    ),
    at("a reason of an operator", [400], (_, written) =>
      post(
        "/accounts/acc_a/deposits",
        { amount: 1, currency: "EUR", reason: written, merchant_id: merchant },
        OPERATOR,
      ),
    ),
    at("an operator's evidence", [400], (card) =>
      post(
        `/sagas/${payment}/redrive`,
        { learned: { operation: "capture", state: "succeeded", id: card } },
        OPERATOR,
      ),
    ),
    at("a webhook without a signature", [401], (card) => post("/provider-webhooks/sandbox", { type: card })),
    at("a provider's id and reference", [204], (card, written) =>
      tell(client, payment, { id: card, reference: written }),
    ),
    at("a provider's word of something unknown", [204], (card) => tell(client, payment, { operation: card })),
    at("a fault that nobody knows", [400], (card) => post("/sandbox/faults", { target: card, [card]: 1 })),
    at("a client that asks for a token", [400, 401], (card) => askForToken(client, card, card)),
    at("a client that is a card number", [403], async (card) => {
      const { json } = await askForToken(client, card, "payments:read");
      const authorization = `Bearer ${json.access_token}`;
      return client.request("GET", `/payments/${payment}`, { headers: { authorization } });
    }),
  ];
}

/** As the provider tells it: signed, of a payment of ours. */
function tell(client: Client, payment: string, told: Json): Promise<Answer> {
  const idempotency_key = `${payment}:capture`;
  const said = { idempotency_key, operation: "capture", state: "succeeded", at: new Date().toISOString() };
  const { headers, body } = signed({ ...said, ...told });
  return client.request("POST", "/provider-webhooks/sandbox", { headers, body });
}

const askForToken = (client: Client, name: string, scope: string): Promise<Answer> =>
  client.request("POST", "/oauth2/token", {
    headers: {
      authorization: `Basic ${Buffer.from(`${name}:secret`).toString("base64")}`,
      "content-type": "application/x-www-form-urlencoded",
    },
    body: `grant_type=client_credentials&scope=${encodeURIComponent(scope)}`,
  });
