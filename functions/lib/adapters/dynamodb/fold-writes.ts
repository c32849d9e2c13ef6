// Folding: journals become balances, one transaction per batch. A FOLD mark beside each journal
// makes it count once, however often the stream repeats it. A watermark in the same transaction
// says how many journals are in.
import {
  type DynamoDBClient,
  type TransactWriteItem,
  TransactWriteItemsCommand,
} from "@aws-sdk/client-dynamodb";
import type { Bucket, Journal } from "../../domain/journal.ts";
import type { Clock } from "../../ports/clock.ts";
import { readItems } from "./batch-read.ts";
import { failedConditions, storeError, throughContention } from "./client.ts";
import { toItem } from "./item.ts";
import { accountKey, FOLD_MARK, guardKey, journalKey } from "./journal-writes.ts";

/** Accounts are listed in the `accounts` index over this many keys. */
export const ACCOUNT_SHARDS = 8;
export const WATERMARK = { pk: "WATERMARK", sk: "FOLD" };
/** What DynamoDB takes in one transaction. */
const MAX_WRITES = 100;

type Delta = { account: string; currency: string; amounts: Record<Bucket, bigint> };

/** The sums per account and currency, in a stable order: two folds lock rows in the same order. */
function deltasOf(journals: Journal[]): Delta[] {
  const deltas = new Map<string, Delta>();
  for (const { postings } of journals) {
    for (const { account, bucket, currency, amount } of postings) {
      const key = `${account}#${currency}`;
      const delta = deltas.get(key) ?? { account, currency, amounts: { pending: 0n, available: 0n } };
      delta.amounts[bucket] += amount;
      deltas.set(key, delta);
    }
  }
  return [...deltas].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, delta]) => delta);
}

/** Credits of guarded accounts. Debits were taken from the guard at once. */
function guardCredits(journals: Journal[], guarded: Set<string>): Map<string, bigint> {
  const credits = new Map<string, bigint>();
  for (const { postings } of journals) {
    for (const { account, bucket, currency, amount } of postings) {
      if (bucket !== "available" || amount <= 0n || !guarded.has(account)) continue;
      const key = `${account}\n${currency}`;
      credits.set(key, (credits.get(key) ?? 0n) + amount);
    }
  }
  return credits;
}

/** A stable shard of the account, by a small sum of its characters' codes. */
const shardOf = (account: string): number =>
  [...account].reduce((sum, char) => sum + char.charCodeAt(0), 0) % ACCOUNT_SHARDS;

const markWrite = (table: string, { journal_id }: Journal): TransactWriteItem => ({
  Put: {
    TableName: table,
    Item: toItem({ pk: journalKey(journal_id), sk: FOLD_MARK }),
    ConditionExpression: "attribute_not_exists(pk)",
  },
});

const balanceWrite = (table: string, { account, currency, amounts }: Delta): TransactWriteItem => ({
  Update: {
    TableName: table,
    Key: toItem({ pk: accountKey(account), sk: `BALANCE#${currency}` }),
    UpdateExpression:
      "SET account_shard = :shard, account_key = :key ADD pending :pending, available :available",
    ExpressionAttributeValues: toItem({
      ":shard": `ACCOUNTS#${shardOf(account)}`,
      ":key": `${account}#${currency}`,
      ":pending": amounts.pending,
      ":available": amounts.available,
    }),
  },
});

const creditWrite = (
  table: string,
  account: string,
  currency: string,
  amount: bigint,
): TransactWriteItem => ({
  Update: {
    TableName: table,
    Key: toItem({ pk: accountKey(account), sk: guardKey(currency) }),
    UpdateExpression: "ADD funds :amount, moved :one",
    ExpressionAttributeValues: toItem({ ":amount": amount, ":one": 1n }),
  },
});

const watermarkWrite = (table: string, journals: number): TransactWriteItem => ({
  Update: {
    TableName: table,
    Key: toItem(WATERMARK),
    UpdateExpression: "ADD journals :more",
    ExpressionAttributeValues: toItem({ ":more": BigInt(journals) }),
  },
});

/** The marks come first, in the order of the journals. */
function foldWrites(table: string, journals: Journal[], guarded: Set<string>): TransactWriteItem[] {
  const guards = [...guardCredits(journals, guarded)].sort().map(([key, amount]) => {
    const [account = "", currency = ""] = key.split("\n");
    return creditWrite(table, account, currency, amount);
  });
  return [
    ...journals.map((journal) => markWrite(table, journal)),
    ...deltasOf(journals).map((delta) => balanceWrite(table, delta)),
    ...guards,
    watermarkWrite(table, journals.length),
  ];
}

/**
 * The journals in their order, as many together as fit one transaction. Every fold writes the
 * house's balances and the watermark, so fewer transactions let a cell carry more
 * (scripts/capacity). A batch writes a mark per journal, a balance per account and currency, at
 * worst a guard for each account, and the watermark.
 */
export function batchesOf(journals: Journal[], guarded: ReadonlySet<string>): Journal[][] {
  const batches: Journal[][] = [];
  let batch: Journal[] = [];
  let rows = new Set<string>();
  for (const journal of journals) {
    const touched = rowsOf(journal, guarded);
    const grown = new Set([...rows, ...touched]);
    const isFull = batch.length + 1 + grown.size + 1 > MAX_WRITES;
    if (batch.length > 0 && isFull) {
      batches.push(batch);
      batch = [];
    }
    batch.push(journal);
    rows = isFull ? new Set(touched) : grown;
  }
  return batch.length > 0 ? [...batches, batch] : batches;
}

const rowsOf = ({ postings }: Journal, guarded: ReadonlySet<string>): string[] =>
  postings.flatMap(({ account, currency }) => {
    const balance = `${account}#${currency}`;
    return guarded.has(account) ? [balance, `${balance}#guard`] : [balance];
  });

/** Which merchant accounts of the journals have a guard. That never changes after opening. */
async function guardedAccounts(
  client: DynamoDBClient,
  clock: Clock,
  table: string,
  journals: Journal[],
  patientUntil: number | undefined,
): Promise<Set<string>> {
  const touched = journals.flatMap(({ postings }) => postings.map(({ account }) => account));
  const accounts = [...new Set(touched.filter((account) => account.startsWith("merchant/")))];
  const keys = accounts.map((account) => toItem({ pk: accountKey(account), sk: "ACCOUNT" }));
  const found = await readItems(client, clock, table, keys, patientUntil);
  return new Set(found.filter((item) => !item.unguarded?.BOOL).map((item) => String(item.account_key?.S)));
}

/**
 * Folds one batch. Journals that are in already drop out and the rest is tried again: each failed
 * round drops at least one, so it ends.
 */
async function foldBatch(
  client: DynamoDBClient,
  clock: Clock,
  table: string,
  batch: Journal[],
  guarded: Set<string>,
  patientUntil: number | undefined,
): Promise<number> {
  let journals = batch;
  while (journals.length > 0) {
    const TransactItems = foldWrites(table, journals, guarded);
    try {
      const write = () => client.send(new TransactWriteItemsCommand({ TransactItems }));
      await throughContention(clock, write, patientUntil);
      return journals.length;
    } catch (error) {
      const failed = failedConditions(error);
      if (!failed) throw storeError(error);
      journals = journals.filter((_, index) => !failed[index]);
    }
  }
  return 0;
}

/**
 * Adds the journals to the balances, each exactly once; returns how many were new. Contention
 * passes: it is tried again at least until `patientUntil`.
 */
export async function foldJournals(
  client: DynamoDBClient,
  clock: Clock,
  table: string,
  journals: Journal[],
  patientUntil?: number,
): Promise<number> {
  const distinct = [...new Map(journals.map((journal) => [journal.journal_id, journal])).values()];
  const guarded = await guardedAccounts(client, clock, table, distinct, patientUntil);
  let folded = 0;
  for (const batch of batchesOf(distinct, guarded))
    folded += await foldBatch(client, clock, table, batch, guarded, patientUntil);
  return folded;
}
