// What DynamoDB writes a fact over is what the domain says, for every pair of words that there may
// be: what the store writes without asking the domain first is no other judgement.
import "../../support/function-environment.ts";
import { PutItemCommand } from "@aws-sdk/client-dynamodb";
import { afterAll, beforeAll, expect, it } from "@jest/globals";
import {
  factItem,
  factKey,
  factOf,
  paymentKey,
} from "../../../functions/lib/adapters/dynamodb/payment-item.ts";
import { classifyFact, type Fact, type Word } from "../../../functions/lib/domain/provider-fact.ts";
import { dynamoStores } from "../../support/dynamo-stores.ts";
import { type Database, openDatabase, TABLES } from "../../support/dynamodb.ts";

let database: Database;
beforeAll(async () => {
  database = await openDatabase();
});
afterAll(() => database?.close());

const DOUBT = { doubt: "it was never asked for" };
const DIFFERS = { doubt: "it says amount 1, and 2 was asked for", differs: true } as const;
const BY = { by: "mia" };

type Part = Partial<Fact>;
/** Every way to take one part of each list. */
const each = (...lists: Part[][]): Part[] =>
  lists.reduce((all, list) => all.flatMap((one) => list.map((part) => ({ ...one, ...part }))), [{}]);
const word = (part: Part): Word => ({ state: "succeeded", id: "a", at: "2026-01-01T00:00:01.000Z", ...part });
const fact = (part: Part): Fact => ({ operation: "on_ramp", ...word(part) });

const DENIALS: Part[] = [{ state: "refused" }, { state: "tombstoned" }];
const IDS: Part[] = [{ id: "a" }, { id: "b" }];

/** Every word that may come, of a provider or of an operator. */
const COMING: Fact[] = [
  ...each([{ state: "pending" }], [{}, DOUBT]),
  ...each(DENIALS, IDS, [{}, DOUBT, BY]),
  ...each(
    IDS,
    [{}, DOUBT, DIFFERS, BY],
    [{}, { amount: 1 }, { amount: 2 }, { received: 1 }, { amount: 1, received: 2 }],
  ),
].map(fact);

/** The ways in which a word is kept beside another one. */
const beside = (other: Part): Part[] => [
  { contradicted: word(other) },
  { ...BY, contradicted: word(other) },
  { ...BY, overruled: word(other) },
];

/** Every word that may be kept, and that nothing is. */
const KEPT: (Fact | undefined)[] = [
  undefined,
  ...[
    ...each([{ state: "pending" }], [{}, DOUBT]),
    ...each(DENIALS, [{}, DOUBT, BY, ...beside({})]),
    ...each(
      [{}, DOUBT, DIFFERS, BY, ...beside({ state: "refused" }), ...beside({ id: "b" })],
      [{}, { amount: 1 }, { received: 1 }, { amount: 1, received: 1 }],
    ),
    { ...DIFFERS, contradicted: word({ state: "refused" }) },
  ].map(fact),
];

/** What the domain says of the pair, and what is to be kept then. */
function judged(kept: Fact | undefined, coming: Fact) {
  const outcome = classifyFact(kept, coming);
  return {
    outcome,
    ...(outcome === "contradicts" ? { kept } : {}),
    stands: outcome === "recorded" ? coming : kept,
  };
}

async function written(paymentId: string, kept: Fact | undefined, coming: Fact) {
  const put = kept && new PutItemCommand({ TableName: TABLES.payments, Item: factItem(paymentId, kept) });
  if (put) await database.client.send(put);
  const recorded = await dynamoStores(database.client).payments.recordFact(paymentId, coming);
  const item = await database.item("payments", paymentKey(paymentId), factKey("on_ramp"));
  return { ...recorded, stands: item && factOf(item) };
}

it("is what the domain says, whatever is kept and whatever comes", async () => {
  const seen = new Set<string>();
  for (const [row, kept] of KEPT.entries()) {
    const pairs = COMING.map((coming, column) => ({ coming, paymentId: `pair-${row}-${column}` }));
    const are = await Promise.all(
      pairs.map(({ coming, paymentId }) =>
        written(paymentId, kept, coming).then(
          (is) => ({ kept, coming, is }),
          (error: Error) => ({ kept, coming, is: error.message }),
        ),
      ),
    );
    expect(are).toEqual(COMING.map((coming) => ({ kept, coming, is: judged(kept, coming) })));
    for (const coming of COMING) seen.add(classifyFact(kept, coming));
  }
  expect([...seen].sort()).toEqual(["contradicts", "doubted", "known", "recorded"]);
});

it("is judged as well where it was kept before there were editions", async () => {
  const { payments } = dynamoStores(database.client);
  const { edition, ...Item } = factItem("kept-before", fact({ ...BY }));
  await database.client.send(new PutItemCommand({ TableName: TABLES.payments, Item }));
  for (const outcome of ["recorded", "known"])
    expect(await payments.recordFact("kept-before", fact({ amount: 1 }))).toEqual({ outcome });
  expect(edition?.S).toBeDefined();
});

it("lets one of ten words at once over what was kept before there were editions", async () => {
  const { payments } = dynamoStores(database.client);
  const { edition: _, ...Item } = factItem("ten-over-one-kept-before", fact({ ...DOUBT }));
  await database.client.send(new PutItemCommand({ TableName: TABLES.payments, Item }));
  const words = Array.from({ length: 10 }, (_, n) => fact({ id: `of ten ${n}` }));
  const outcomes = await Promise.all(
    words.map((one) => payments.recordFact("ten-over-one-kept-before", one)),
  );
  expect(outcomes.filter(({ outcome }) => outcome === "recorded")).toHaveLength(1);
  expect(outcomes.filter(({ outcome }) => outcome === "contradicts")).toHaveLength(9);
});
