// The stores on a DynamoDB Local that reports one of several failed conditions: what a cancelled
// transaction means is not read off what it leaves out.
import "../../support/function-environment.ts";
import { afterAll, beforeAll, describe, expect, it } from "@jest/globals";
import { DynamoDirectory } from "../../../functions/lib/adapters/dynamodb/directory.ts";
import { describeDirectory } from "../../support/conformance/directory.ts";
import {
  acceptanceFor,
  byHand,
  claimed,
  failureOf,
  funded,
  type Stores,
  transitions,
} from "../../support/conformance/fixtures.ts";
import { describeLedgerStore } from "../../support/conformance/ledger-store.ts";
import { describeOperatorJournal } from "../../support/conformance/operator-journal.ts";
import { describePaymentStore } from "../../support/conformance/payment-store.ts";
import { describeQuoteStore, quotedAcceptance, quoteFor } from "../../support/conformance/quote-store.ts";
import { dynamoStores } from "../../support/dynamo-stores.ts";
import { type Database, openDatabase } from "../../support/dynamodb.ts";
import { ManualClock } from "../../support/memory/manual-clock.ts";
import { terse } from "../../support/terse-dynamodb.ts";

const DIRECTORY = "contra-directory";
const HAND = { by: "mia", reason: "a test" };

const databases: Database[] = [];
/** Tables of its own for each suite: their payments have the same keys. */
async function anew(): Promise<Database> {
  const database = await openDatabase();
  databases.push(database);
  return database;
}
afterAll(() => {
  for (const database of databases) database.close();
});

const storesOver = ({ client }: Database, reported: "first" | "last"): Stores =>
  dynamoStores(terse(client, reported), undefined, client);

const reporting = async (reported: "first" | "last"): Promise<Stores> => storesOver(await anew(), reported);

describePaymentStore("a DynamoDB that reports the last failed condition", () => reporting("last"));
describeQuoteStore("a DynamoDB that reports the last failed condition", () => reporting("last"));
describeLedgerStore("a DynamoDB that reports the last failed condition", () => reporting("last"));
describeOperatorJournal("a DynamoDB that reports the last failed condition", () => reporting("last"));

let directories: Database;
beforeAll(async () => {
  directories = await anew();
  await directories.createTable(DIRECTORY);
});
describeDirectory(
  "a DynamoDB that reports the last failed condition",
  () => new DynamoDirectory(terse(directories.client, "last"), new ManualClock(), DIRECTORY, HAND),
);

describe.each(["first", "last"] as const)("where only the %s failed condition is reported", (reported) => {
  let stores: Stores;
  beforeAll(async () => {
    stores = await reporting(reported);
  });

  it("a debit that an earlier try took, and whose answer was lost, is done and not refused", async () => {
    const { payments } = stores;
    const account = await funded(stores, "taken", "forbid", 1_000n);
    const payment = await claimed(stores, { key: "taken" });
    const debit = [{ account, currency: "EUR", amount: 1_000n }];
    const done = await payments.commit(payment, transitions.posting(payment, debit));
    expect(await payments.commit(payment, transitions.posting(payment, debit))).toEqual(done);
  });

  it("funds that lack are refused all the same, and a journal that the payment does not know of", async () => {
    const { payments, ledger } = stores;
    const account = await funded(stores, "poor", "forbid", 999n);
    const poor = await claimed(stores, { key: "poor" });
    const debit = [{ account, currency: "EUR", amount: 1_000n }];
    expect(await failureOf(payments.commit(poor, transitions.posting(poor, debit)))).toBe(
      "InsufficientFunds",
    );
    const foreign = await claimed(stores, { key: "foreign" });
    for (const journal of transitions.posting(foreign).journals) await ledger.post(journal, byHand(journal));
    expect(await failureOf(payments.commit(foreign, transitions.posting(foreign)))).toBe("InvariantBroken");
  });

  it("the same key with its reference and its quote is a replay", async () => {
    const { payments, quotes } = stores;
    const key = "replayed";
    const quote = await quotes.keep(quoteFor(key));
    const acceptance = quotedAcceptance({ key, reference: key, metadata: { order: "7" } }, quote);
    expect(await payments.accept(acceptance)).toEqual({ outcome: "created" });
    expect(await payments.accept(acceptance)).toEqual({ outcome: "created" });
    expect(await payments.accept({ ...acceptance, requestId: "another" })).toMatchObject({
      outcome: "known",
    });
  });

  it("another key with a taken reference is told so", async () => {
    const { payments } = stores;
    const reference = "shared";
    const first = acceptanceFor({ key: "first", reference });
    await payments.accept(first);
    expect(await payments.accept(acceptanceFor({ key: "second", reference }))).toEqual({
      outcome: "reference-taken",
      payment_id: first.payment.payment_id,
    });
  });
});
