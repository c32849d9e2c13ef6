// Gives DynamoDB Local the manifest's tables. Missing tables are created. Existing ones
// keep their data.
import { setTimeout as sleep } from "node:timers/promises";
import type {
  AttributeDefinition,
  DescribeTableOutput,
  DescribeTimeToLiveOutput,
  KeySchemaElement,
  ListTablesOutput,
} from "@aws-sdk/client-dynamodb";
import { PREFIX } from "../common/settings.ts";
import { call } from "./forward.ts";

export type Index = { hash_key: string; range_key: string };
/** `expires` is the attribute by which items say when they may be deleted. */
export type Tables = Record<string, { stream: boolean; expires?: string; indexes: Record<string, Index> }>;

const ACTIVE_WITHIN_MS = 300_000;

/** Asks DynamoDB Local. */
type Ask = <Output>(operation: string, input: object) => Promise<Output>;

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

/** DynamoDB Local fails when it is asked about an index that it is just making. */
const describe = (ask: Ask, TableName: string): Promise<DescribeTableOutput> =>
  ask<DescribeTableOutput>("DescribeTable", { TableName }).catch((error: Error) => {
    if (error.name !== "InternalFailure") throw error;
    return {};
  });

/**
 * Waits until the table and its indexes can be used. A created index is filled in the background.
 */
async function untilActive(ask: Ask, TableName: string) {
  for (const deadline = Date.now() + ACTIVE_WITHIN_MS; Date.now() < deadline; await sleep(100)) {
    const { Table } = await describe(ask, TableName);
    const indexes = Table?.GlobalSecondaryIndexes ?? [];
    const isActive = Table?.TableStatus === "ACTIVE" && indexes.every((i) => i.IndexStatus === "ACTIVE");
    if (isActive) return Table;
  }
  throw new Error(`table ${TableName} is not active after ${ACTIVE_WITHIN_MS / 1000} s`);
}

async function createTable(ask: Ask, TableName: string, table: Tables[string]): Promise<void> {
  const indexes = Object.entries(table.indexes).map(([name, index]) => globalIndex(name, index));
  await ask("CreateTable", {
    TableName,
    BillingMode: "PAY_PER_REQUEST",
    KeySchema: keys("pk", "sk"),
    AttributeDefinitions: definitions(Object.values(table.indexes)),
    ...(indexes.length > 0 ? { GlobalSecondaryIndexes: indexes } : {}),
    ...(table.stream ? { StreamSpecification: { StreamEnabled: true, StreamViewType: "NEW_IMAGE" } } : {}),
  });
}

/** Adds the indexes and the stream that the manifest gained after the table was created. */
async function completeTable(ask: Ask, TableName: string, table: Tables[string]): Promise<void> {
  const found = await untilActive(ask, TableName);
  const known = new Set(found?.GlobalSecondaryIndexes?.map((index) => index.IndexName));
  for (const [name, index] of Object.entries(table.indexes)) {
    if (known.has(name)) continue;
    const Create = globalIndex(name, index);
    const change = { AttributeDefinitions: definitions([index]), GlobalSecondaryIndexUpdates: [{ Create }] };
    await ask("UpdateTable", { TableName, ...change });
    await untilActive(ask, TableName);
  }
  if (table.stream && !found?.StreamSpecification?.StreamEnabled) {
    const StreamSpecification = { StreamEnabled: true, StreamViewType: "NEW_IMAGE" };
    await ask("UpdateTable", { TableName, StreamSpecification });
  }
}

/** DynamoDB refuses to turn on what is on. */
async function expireBy(ask: Ask, TableName: string, AttributeName: string): Promise<void> {
  const { TimeToLiveDescription } = await ask<DescribeTimeToLiveOutput>("DescribeTimeToLive", { TableName });
  if (TimeToLiveDescription?.TimeToLiveStatus === "ENABLED") return;
  const TimeToLiveSpecification = { AttributeName, Enabled: true };
  await ask("UpdateTimeToLive", { TableName, TimeToLiveSpecification });
}

/**
 * Safe to run at every start. Tables that the manifest no longer names stay: we must not delete
 * their data.
 */
export async function ensureTables(endpoint: string, tables: Tables, accessKeyId?: string): Promise<void> {
  const ask: Ask = (operation, input) => call(endpoint, operation, input, { accessKeyId });
  const { TableNames = [] } = await ask<ListTablesOutput>("ListTables", {});
  for (const [name, table] of Object.entries(tables)) {
    const TableName = `${PREFIX}${name}`;
    if (TableNames.includes(TableName)) await completeTable(ask, TableName, table);
    else await createTable(ask, TableName, table);
    await untilActive(ask, TableName);
    if (table.expires) await expireBy(ask, TableName, table.expires);
  }
}
