// The trial balance: the sum of all balances per currency, which is zero in a ledger that balances.
// It reads the sharded accounts index, never scans, and says which journals it covers.
import { type DynamoDBClient, GetItemCommand, QueryCommand } from "@aws-sdk/client-dynamodb";
import type { Clock } from "../../ports/clock.ts";
import type { TrialBalance } from "../../ports/ledger-store.ts";
import { readItems } from "./batch-read.ts";
import { storeError } from "./client.ts";
import { ACCOUNT_SHARDS, WATERMARK } from "./fold-writes.ts";
import { fromItem, type Item, toItem } from "./item.ts";

/** A read that a fold overtook is repeated this often before it is reported as unsettled. */
const READS = 6;
const FIRST_PAUSE_MS = 25;

async function journalsFolded(client: DynamoDBClient, table: string): Promise<bigint> {
  const command = new GetItemCommand({ TableName: table, Key: toItem(WATERMARK), ConsistentRead: true });
  const { Item } = await client.send(command);
  return Item ? ((fromItem(Item).journals as bigint | undefined) ?? 0n) : 0n;
}

async function balanceKeys(client: DynamoDBClient, table: string, shard: number): Promise<Item[]> {
  const keys: Item[] = [];
  let from: Item | undefined;
  do {
    const page = await client.send(
      new QueryCommand({
        TableName: table,
        IndexName: "accounts",
        KeyConditionExpression: "account_shard = :shard",
        ExpressionAttributeValues: toItem({ ":shard": `ACCOUNTS#${shard}` }),
        ...(from ? { ExclusiveStartKey: from } : {}),
      }),
    );
    for (const { pk, sk } of page.Items ?? []) if (pk && sk) keys.push({ pk, sk });
    from = page.LastEvaluatedKey;
  } while (from);
  return keys;
}

function addUp(balances: Item[], totals: Map<string, bigint>): void {
  for (const item of balances) {
    const { sk, pending, available } = fromItem(item) as { sk: string; pending: bigint; available: bigint };
    const currency = sk.slice("BALANCE#".length);
    totals.set(currency, (totals.get(currency) ?? 0n) + pending + available);
  }
}

/** One reading of every balance, between two readings of the watermark. */
async function readOnce(client: DynamoDBClient, clock: Clock, table: string): Promise<TrialBalance> {
  const before = await journalsFolded(client, table);
  const totals = new Map<string, bigint>();
  for (let shard = 0; shard < ACCOUNT_SHARDS; shard++) {
    const keys = await balanceKeys(client, table, shard);
    addUp(await readItems(client, clock, table, keys), totals);
  }
  return {
    journals: Number(before),
    settled: before === (await journalsFolded(client, table)),
    totals: [...totals].sort().map(([currency, total]) => ({ currency, total })),
  };
}

/**
 * The trial balance. It is read again while a fold overtakes it, or while a sum is not zero: the
 * index may not know a new account yet.
 */
export async function readTrialBalance(
  client: DynamoDBClient,
  clock: Clock,
  table: string,
): Promise<TrialBalance> {
  try {
    for (let read = 1; ; read++) {
      const trial = await readOnce(client, clock, table);
      const sound = trial.settled && trial.totals.every(({ total }) => total === 0n);
      if (sound || read === READS) return trial;
      await clock.sleep(clock.random() * FIRST_PAUSE_MS * 2 ** read);
    }
  } catch (error) {
    throw storeError(error);
  }
}
