// Payments that lie in the tables as if they had been made: copies of one that was, every item of
// it, each with an id of its own. So they are what the product writes, and cost no saga.
import { randomUUID } from "node:crypto";
import { setTimeout as wait } from "node:timers/promises";
import {
  BatchWriteItemCommand,
  type DynamoDBClient,
  ScanCommand,
  UpdateTableCommand,
} from "@aws-sdk/client-dynamodb";
import { localClient } from "../lib/local-client.ts";
import type { OwnStack } from "../lib/own-stack.ts";
import { runningStack } from "../lib/running-stack.ts";
import { PREFIX } from "../local/common/settings.ts";

export type Item = Record<string, unknown>;
/** The items of one payment, by table. */
export type Template = Record<(typeof TABLES)[number], Item[]>;

/** What holds items of a payment. Both have streams. */
const TABLES = ["payments", "ledger"] as const;
const BATCH = 25;
const AT_ONCE = 8;
const LOOK_EVERY_MS = 200;
const TRIES = 600;
const STREAM = { StreamEnabled: true, StreamViewType: "NEW_IMAGE" } as const;

export async function withTables<T>(
  { home }: OwnStack,
  use: (client: DynamoDBClient) => Promise<T>,
): Promise<T> {
  const client = localClient(String(runningStack(home).parts.dynamodb?.url));
  try {
    return await use(client);
  } finally {
    client.destroy();
  }
}

/** Every item of the payment's own partitions. */
export async function templateOf(client: DynamoDBClient, id: string): Promise<Template> {
  const template: Template = { payments: [], ledger: [] };
  for (const table of TABLES) {
    const { Items = [] } = await client.send(
      new ScanCommand({
        TableName: `${PREFIX}${table}`,
        FilterExpression: "contains(pk, :id)",
        ExpressionAttributeValues: { ":id": { S: id } },
      }),
    );
    template[table] = Items;
  }
  if (template.payments.length === 0) throw new Error(`no item of the payment ${id} is there`);
  return template;
}

/**
 * Puts so many copies into the tables. Their streams are other ones afterwards, so that nobody is
 * told of the copies: the part that reads streams is started again and finds the new ones.
 */
export async function store(
  stack: OwnStack,
  template: Template,
  id: string,
  count: number,
  change: (item: Item, id: string) => Item = (item) => item,
): Promise<void> {
  await withTables(stack, async (client) => {
    await turnStreams(client, { StreamEnabled: false });
    const puts = function* () {
      for (let made = 0; made < count; made++) {
        const own = randomUUID();
        for (const table of TABLES)
          for (const item of template[table])
            yield { table: `${PREFIX}${table}`, item: change(withId(item, id, own), own) };
      }
    };
    const all = batched(puts());
    await Promise.all(Array.from({ length: AT_ONCE }, () => writeFrom(client, all)));
    await turnStreams(client, STREAM);
  });
  await restartReader(stack);
}

/** The supervisor starts a part again that died. */
async function restartReader({ home }: OwnStack): Promise<void> {
  const messaging = () => runningStack(home).parts.messaging;
  const old = messaging()?.pid;
  process.kill(Number(old), "SIGKILL");
  for (let tries = 0; tries < TRIES; tries++) {
    await wait(LOOK_EVERY_MS);
    if (messaging()?.pid === old) continue;
    const answer = await fetch(`${messaging()?.url}/_local/health`).catch(() => undefined);
    if (answer?.ok) return;
  }
  throw new Error("the part that reads streams did not come back");
}

const withId = (item: Item, id: string, own: string): Item =>
  JSON.parse(JSON.stringify(item).replaceAll(id, own));

type Put = { table: string; item: Item };

function* batched(puts: Iterable<Put>): Generator<Put[]> {
  let batch: Put[] = [];
  for (const put of puts) {
    batch.push(put);
    if (batch.length < BATCH) continue;
    yield batch;
    batch = [];
  }
  if (batch.length > 0) yield batch;
}

async function writeFrom(client: DynamoDBClient, batches: Generator<Put[]>): Promise<void> {
  for (let next = batches.next(); !next.done; next = batches.next()) {
    const RequestItems: Record<string, { PutRequest: { Item: never } }[]> = {};
    for (const { table, item } of next.value) {
      RequestItems[table] ??= [];
      RequestItems[table].push({ PutRequest: { Item: item as never } });
    }
    const { UnprocessedItems = {} } = await client.send(new BatchWriteItemCommand({ RequestItems }));
    if (Object.keys(UnprocessedItems).length > 0) throw new Error("the tables took not every copy");
  }
}

async function turnStreams(
  client: DynamoDBClient,
  StreamSpecification: typeof STREAM | { StreamEnabled: false },
): Promise<void> {
  for (const table of TABLES)
    await client.send(new UpdateTableCommand({ TableName: `${PREFIX}${table}`, StreamSpecification }));
  // A stream's name holds the second in which it began: the next one needs another.
  await wait(1_100);
}
