// What a payment holds about a person is erased: user, description and metadata are words that
// occur nowhere else, and are searched for in every table, every index and every file of the
// stack's home.
import { randomBytes, randomUUID } from "node:crypto";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type DynamoDBClient, UpdateItemCommand } from "@aws-sdk/client-dynamodb";
import { toItem } from "../../functions/lib/adapters/dynamodb/item.ts";
import { eventKey, paymentKey } from "../../functions/lib/adapters/dynamodb/payment-item.ts";
import manifest from "../../functions/manifest.json" with { type: "json" };
import { localClient } from "../../scripts/lib/local-client.ts";
import { runningStack } from "../../scripts/lib/running-stack.ts";
import { PREFIX } from "../../scripts/local/common/settings.ts";
import { startStack } from "../support/stack.ts";
import { balanceOf, claimNoGap, untilQuiet } from "./lib/books.ts";
import { claim, demand } from "./lib/claims.ts";
import { Client, concurrently, type Json, newMerchant, OPERATOR } from "./lib/client.ts";
import { DESTINATION, SOURCE } from "./lib/conversions.ts";
import { patiently } from "./lib/patience.ts";
import type { Context, Proof } from "./lib/proof.ts";
import { placesInHome, placesInTables } from "./lib/words-in.ts";

const TIME_SCALE = 3;
const AT_ONCE = 5;
const REASON = "the payer asked for it";
const ENTRY = `${OPERATOR}: ${REASON}`;

/** On a laptop the sandbox keeps its books in a file of the home. */
const TABLES = Object.fromEntries(
  Object.entries(manifest.tables).filter(([, table]) => !("sandbox" in table)),
);

/** `words` are what must be gone; of an `older` one the first event holds the answer whole. */
type Paid = { id: string; key: string; body: Json; first: string; words: string[]; older: boolean };
/** What may not move: by the payment's id, and the books as a whole. */
type Standing = { payments: Map<string, { payment: Json; trail: string }>; balances: unknown };

export const proof: Proof = {
  claim: "a payment that is erased holds nothing of its user and metadata, and nothing else of it moves",
  stack: "none",
  async run(context) {
    const home = mkdtempSync(join(tmpdir(), "contra-erasure-"));
    const stack = await startStack({ home, env: { CONTRA_TIME_SCALE: String(TIME_SCALE) } });
    const database = localClient(String(runningStack(home).parts.dynamodb?.url));
    try {
      await prove(context, new Client(stack.url), database, home);
    } finally {
      database.destroy();
      await stack.stop();
      rmSync(home, { recursive: true, force: true, maxRetries: 20 });
    }
  },
};

async function prove(
  { sized, figure }: Context,
  client: Client,
  database: DynamoDBClient,
  home: string,
): Promise<void> {
  const merchant = newMerchant();
  const paid = await payUnstarted(client, merchant, Math.max(6, sized(45)));
  const words = paid.flatMap((one) => one.words);
  const early = await concurrently(paid.length, AT_ONCE, async (n) => erase(client, paid[n]));
  const codes = [...new Set(early.map(({ status, json }) => `${status} ${json.code}`))];
  claim.equal("nothing is erased of a payment that has not ended", codes, ["409 PaymentNotEnded"]);
  await client.clearFaults();
  await concurrently(paid.length, AT_ONCE, (n) => client.ended(merchant, String(paid[n]?.id)));
  await untilQuiet(client);
  const older = paid.filter((one) => one.older);
  for (const one of older) await keepAsOnce(database, one);

  const before = await standing(client, merchant, paid);
  const held = await placesInTables(database, TABLES, words);
  claim.atLeast("the search finds what is there", held.places.length, paid.length, held.places);
  const spilled = placesInHome(home, words);
  claim.nothing("no log, queue, execution or provider's book ever held a word", spilled.places);

  for (const time of ["first", "second"]) {
    const answers = await concurrently(paid.length, AT_ONCE, async (n) => erase(client, paid[n]));
    const statuses = [...new Set(answers.map(({ status }) => status))];
    claim.equal(`every payment is erased the ${time} time`, statuses, [200]);
  }
  const left = await placesInTables(database, TABLES, words);
  claim.nothing("no item of any table or index holds a word at once", left.places);
  claim.nothing("no file of the home holds a word at once", placesInHome(home, words).places);
  await claimUnmoved(client, merchant, paid, before);
  for (const one of paid) await claimReplay(client, merchant, one);
  const again = await concurrently(paid.length, AT_ONCE, (n) =>
    client.request("PATCH", `/payments/${paid[n]?.id}`, { merchant, body: { description: "back again" } }),
  );
  const refusals = [...new Set(again.map(({ status, json }) => `${status} ${json.code}`))];
  claim.equal("what was erased is changed no more", refusals, ["409 PaymentErased"]);
  const path = `/operations?merchant_id=${merchant}&kind=erasure&limit=100`;
  const { data } = (await client.get(OPERATOR, path)) as { data: Json[] };
  const entries = data.map(({ by, reason }) => `${by}: ${reason}`);
  claim.equal(
    "each stands in the operator's journal, each time",
    entries,
    Array(2 * paid.length).fill(ENTRY),
  );

  figure("payments erased", paid.length);
  figure("of them with an older first event", older.length);
  figure("words searched for", words.length);
  figure("items searched, of tables and indexes", left.searched);
  figure("files of the home searched", spilled.searched);
  figure("items that held a word before", held.places.length);
  figure("items that hold a word now", left.places.length);
}

const erase = (client: Client, { id }: Paid = {} as Paid) =>
  patiently("an erasure", () =>
    client.request("POST", `/payments/${id}/erase`, { merchant: OPERATOR, body: { reason: REASON } }),
  );

/** Payments of both rails, that complete and that fail; none starts before the fault is cleared. */
async function payUnstarted(client: Client, merchant: string, count: number): Promise<Paid[]> {
  await client.fault({ target: "StartExecution", fault: "throttle", seconds: 600 });
  const word = (): string => `w${randomBytes(9).toString("hex")}`;
  return concurrently(count, AT_ONCE, async (n) => {
    const [name, value, user_id, key] = [word(), word(), randomUUID(), randomUUID()];
    const description = `ein Stuhl für ${word()}`;
    const order = n % 3 === 1 ? { sandbox: "refused_authorize" } : {};
    const metadata = { [name]: `größer ${value}`, ...order };
    const conversion = { source_account: SOURCE, destination_account: DESTINATION, currency: "EUR" };
    const body = {
      amount: 10_000 + n,
      ...(n % 3 === 2 ? { ...conversion, destination_currency: "JPY" } : { currency: "EUR", user_id }),
      description,
      metadata,
    };
    const answer = await patiently("a payment", () => client.pay(merchant, key, body));
    demand.equal("a payment is accepted", answer.status, 202, answer.text);
    const id = String(answer.json.payment_id);
    const changed = [await change(client, merchant, id, word()), await change(client, merchant, id, word())];
    const words = [name, value, description.slice(-19), ...changed, ...(n % 3 === 2 ? [] : [user_id])];
    return { id, key, body, first: answer.text, words, older: n % 2 === 1 };
  });
}

/** The word is a name and a value of metadata and the description since then. */
async function change(client: Client, merchant: string, id: string, word: string): Promise<string> {
  const body = { description: `doch ein ${word}`, metadata: { [word]: word } };
  const answer = await patiently("a change", () =>
    client.request("PATCH", `/payments/${id}`, { merchant, body }),
  );
  demand.equal("a change is accepted", answer.status, 200, answer.text);
  return word;
}

/** Puts the payment's items into the form of before 0.3.0. */
async function keepAsOnce(database: DynamoDBClient, { id, first, body }: Paid): Promise<void> {
  const set = async (sk: string, attribute: string, value: unknown): Promise<void> => {
    await database.send(
      new UpdateItemCommand({
        TableName: `${PREFIX}payments`,
        Key: toItem({ pk: paymentKey(id), sk }),
        UpdateExpression: "SET #attribute = :value",
        ExpressionAttributeNames: { "#attribute": attribute },
        ExpressionAttributeValues: toItem({ ":value": value }),
      }),
    );
  };
  await set(eventKey(1), "response", first);
  await set("METADATA", "metadata", body.metadata);
}

async function standing(client: Client, merchant: string, paid: Paid[]): Promise<Standing> {
  const payments = await concurrently(paid.length, AT_ONCE, async (n) => {
    const id = String(paid[n]?.id);
    const payment = await client.get(merchant, `/payments/${id}`);
    const { events } = await client.get(merchant, `/payments/${id}/events`);
    const told = events as { type: string; sequence: number }[];
    claimNoGap(
      id,
      told.filter(({ type }) => type !== "payment.updated"),
    );
    return [id, { payment, trail: JSON.stringify(events) }] as const;
  });
  const accounts = ["settlement", SOURCE, DESTINATION, "fees", "psp_receivable", "in_transit"];
  const balances = await Promise.all(accounts.map((account) => balanceOf(client, merchant, account, "EUR")));
  return { payments: new Map(payments), balances };
}

/** The payment as it was, but for what is erased and since when. */
async function claimUnmoved(client: Client, merchant: string, paid: Paid[], before: Standing): Promise<void> {
  const after = await standing(client, merchant, paid);
  claim.equal("no balance moves", after.balances, before.balances);
  for (const { id } of paid) {
    const [was, is] = [before.payments.get(id), after.payments.get(id)];
    const { user_id: _, description: __, metadata: ___, ...others } = was?.payment ?? {};
    const { erased_at, ...now } = is?.payment ?? {};
    claim.equal("the payment says since when it is erased", typeof erased_at, "string", id);
    claim.equal("nothing else of the payment changes, its version neither", now, others, id);
    claim.equal("the trail is the same to the byte", is?.trail, was?.trail, id);
  }
}

/** The first answer again without the words; another body of the key is still another body. */
async function claimReplay(client: Client, merchant: string, { key, body, first }: Paid): Promise<void> {
  const { user_id: _, description: __, metadata: ___, ...others } = JSON.parse(first) as Json;
  const again = await patiently("a replay", () => client.pay(merchant, key, body));
  const seen = { status: again.status, text: again.text };
  claim.equal("a replay answers the same without them", seen, { status: 202, text: JSON.stringify(others) });
  claim.equal("and says that it is one", again.headers.get("idempotent-replayed"), "true", key);
  const other = await patiently("another body", () =>
    client.pay(merchant, key, { ...body, amount: Number(body.amount) + 1 }),
  );
  claim.equal("another body of the key is refused", other.status, 422, other.text);
}
