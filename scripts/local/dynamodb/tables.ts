// Gives DynamoDB Local the manifest's tables. Missing tables are created. Existing ones
// keep their data.

import { setTimeout as sleep } from "node:timers/promises";
import {
  type AttributeDefinition,
  CreateTableCommand,
  DescribeTableCommand,
  DescribeTimeToLiveCommand,
  DynamoDBClient,
  type KeySchemaElement,
  ListTablesCommand,
  UpdateTableCommand,
  UpdateTimeToLiveCommand,
} from "@aws-sdk/client-dynamodb";
import { PREFIX, REGION } from "../common/settings.ts";

export type Index = { hash_key: string; range_key: string };
/** `expires` is the attribute by which items say when they may be deleted. */
export type Tables = Record<string, { stream: boolean; expires?: string; indexes: Record<string, Index> }>;

const ACTIVE_WITHIN_MS = 300_000;

export const localClient = (endpoint: string, accessKeyId = "local"): DynamoDBClient =>
  new DynamoDBClient({
    endpoint,
    region: REGION,
    credentials: { accessKeyId, secretAccessKey: "local" },
  });

const keys = (hash: string, range: string): KeySchemaElement[] => [
  { AttributeName: hash, KeyType: "HASH" },
  { AttributeName: range, KeyType: "RANGE" },
];

const definitions = (indexes: Index[]): AttributeDefinition[] => {
  const names = new Set(["pk", "sk", ...indexes.flatMap((index) => [index.hash_key, index.range_key])]);
  return [...names].map((AttributeName) => ({ AttributeName, AttributeType: "S" }));
};

const globalIndex = (IndexName: string, index: Index) => ({
  IndexName,
  KeySchema: keys(index.hash_key, index.range_key),
  Projection: { ProjectionType: "KEYS_ONLY" as const },
});

/**
 * Waits until the table and its indexes can be used. A created index is filled in the background.
 */
async function untilActive(client: DynamoDBClient, TableName: string) {
  for (const deadline = Date.now() + ACTIVE_WITHIN_MS; Date.now() < deadline; await sleep(100)) {
    const { Table } = await client.send(new DescribeTableCommand({ TableName }));
    const indexes = Table?.GlobalSecondaryIndexes ?? [];
    const isActive = Table?.TableStatus === "ACTIVE" && indexes.every((i) => i.IndexStatus === "ACTIVE");
    if (isActive) return Table;
  }
  throw new Error(`table ${TableName} is not active after ${ACTIVE_WITHIN_MS / 1000} s`);
}

async function createTable(client: DynamoDBClient, TableName: string, table: Tables[string]): Promise<void> {
  const indexes = Object.entries(table.indexes).map(([name, index]) => globalIndex(name, index));
  await client.send(
    new CreateTableCommand({
      TableName,
      BillingMode: "PAY_PER_REQUEST",
      KeySchema: keys("pk", "sk"),
      AttributeDefinitions: definitions(Object.values(table.indexes)),
      ...(indexes.length > 0 ? { GlobalSecondaryIndexes: indexes } : {}),
      ...(table.stream
        ? { StreamSpecification: { StreamEnabled: true, StreamViewType: "NEW_IMAGE" as const } }
        : {}),
    }),
  );
}

/** Adds the indexes and the stream that the manifest gained after the table was created. */
async function completeTable(
  client: DynamoDBClient,
  TableName: string,
  table: Tables[string],
): Promise<void> {
  const found = await untilActive(client, TableName);
  const known = new Set(found?.GlobalSecondaryIndexes?.map((index) => index.IndexName));
  for (const [name, index] of Object.entries(table.indexes)) {
    if (known.has(name)) continue;
    const Create = globalIndex(name, index);
    const change = { AttributeDefinitions: definitions([index]), GlobalSecondaryIndexUpdates: [{ Create }] };
    await client.send(new UpdateTableCommand({ TableName, ...change }));
    await untilActive(client, TableName);
  }
  if (table.stream && !found?.StreamSpecification?.StreamEnabled) {
    const StreamSpecification = { StreamEnabled: true, StreamViewType: "NEW_IMAGE" as const };
    await client.send(new UpdateTableCommand({ TableName, StreamSpecification }));
  }
}

/** DynamoDB refuses to turn on what is on. */
async function expireBy(client: DynamoDBClient, TableName: string, AttributeName: string): Promise<void> {
  const { TimeToLiveDescription } = await client.send(new DescribeTimeToLiveCommand({ TableName }));
  if (TimeToLiveDescription?.TimeToLiveStatus === "ENABLED") return;
  const TimeToLiveSpecification = { AttributeName, Enabled: true };
  await client.send(new UpdateTimeToLiveCommand({ TableName, TimeToLiveSpecification }));
}

/**
 * Safe to run at every start. Tables that the manifest no longer names stay: we must not delete
 * their data.
 */
export async function ensureTables(endpoint: string, tables: Tables, accessKeyId?: string): Promise<void> {
  const client = localClient(endpoint, accessKeyId);
  try {
    const { TableNames = [] } = await client.send(new ListTablesCommand({}));
    for (const [name, table] of Object.entries(tables)) {
      const TableName = `${PREFIX}${name}`;
      if (TableNames.includes(TableName)) await completeTable(client, TableName, table);
      else await createTable(client, TableName, table);
      await untilActive(client, TableName);
      if (table.expires) await expireBy(client, TableName, table.expires);
    }
  } finally {
    client.destroy();
  }
}
