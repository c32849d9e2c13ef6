// The database part against the real DynamoDB Local: what it counts, the faults it injects, and
// that nothing is lost.

import { rmSync } from "node:fs";
import { type DynamoDB, DynamoDB as DynamoDbClient, type TransactWriteItem } from "@aws-sdk/client-dynamodb";
import { DynamoDBStreams } from "@aws-sdk/client-dynamodb-streams";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "@jest/globals";
import { localAws, type RunningPart } from "../../support/local-part.ts";
import { until } from "../../support/until.ts";
import { isAlive, javaPid, newHome, startDatabasePart } from "./dynamodb-part.ts";

const PAYMENTS = "local-payments";
const LEDGER = "local-ledger";
const home = newHome();
let part: RunningPart;
let db: DynamoDB;

const clientOf = (url: string) => new DynamoDbClient(localAws(url));
const streamsOf = (url: string) => new DynamoDBStreams(localAws(url));
const key = (pk: string) => ({ pk: { S: pk }, sk: { S: "PAYMENT" } });
const OPEN = { open_shard: { S: "OPEN#1" }, open_since: { S: "2026-01-01" } };
const insert = (pk: string, more = {}, TableName = PAYMENTS): TransactWriteItem => ({
  Put: { TableName, Item: { ...key(pk), ...more }, ConditionExpression: "attribute_not_exists(pk)" },
});
const update = (pk: string, expression: string, values: Record<string, string>): TransactWriteItem => ({
  Update: {
    TableName: PAYMENTS,
    Key: key(pk),
    UpdateExpression: expression,
    ...(Object.keys(values).length > 0 && {
      ExpressionAttributeValues: Object.fromEntries(Object.entries(values).map(([name, S]) => [name, { S }])),
    }),
  },
});
const counters = async (): Promise<Record<string, number>> =>
  (await (await fetch(`${part.url}/_local/counters`)).json()) as Record<string, number>;
const order = (fault: object) =>
  fetch(`${part.url}/_local/faults`, {
    method: "POST",
    body: JSON.stringify({ target: "dynamodb", ...fault }),
  });
const errorOf = (promise: Promise<unknown>) =>
  promise.then(
    () => undefined,
    (error: Error & { CancellationReasons?: { Code: string }[] }) => error,
  );

async function unitsOf(...TransactItems: TransactWriteItem[]): Promise<number | undefined> {
  await fetch(`${part.url}/_local/counters`, { method: "DELETE" });
  await db.transactWriteItems({ TransactItems });
  return (await counters())["dynamodb.write_units"];
}

beforeAll(async () => {
  part = await startDatabasePart(home);
  db = clientOf(part.url);
});
beforeEach(async () => {
  for (const route of ["counters", "faults"])
    await fetch(`${part.url}/_local/${route}`, { method: "DELETE" });
});
afterAll(async () => {
  await part?.stop("SIGTERM");
  rmSync(home, { recursive: true, force: true });
});

describe("the tables", () => {
  it("are the manifest's, with sparse indexes of keys only and a stream of new images", async () => {
    const { Table } = await db.describeTable({ TableName: PAYMENTS });
    expect(Table?.StreamSpecification?.StreamViewType).toBe("NEW_IMAGE");
    const indexes = Table?.GlobalSecondaryIndexes ?? [];
    expect(Object.fromEntries(indexes.map((index) => [index.IndexName, index.Projection]))).toEqual({
      open: { ProjectionType: "KEYS_ONLY" },
      transit: { ProjectionType: "KEYS_ONLY" },
    });
  });

  it("have no stream where the manifest names none", async () => {
    const { Table } = await db.describeTable({ TableName: "local-integrity" });
    expect(Table?.StreamSpecification?.StreamEnabled ?? false).toBe(false);
  });
});

describe("the write units", () => {
  it("charges a transaction twice per item, for equal items too", async () => {
    expect(await unitsOf(insert("w1"), insert("w2"), insert("w3"))).toBe(6);
  });

  it("charges the index entry of each item that comes into it, once", async () => {
    expect(await unitsOf(insert("w4", OPEN), insert("w5", OPEN))).toBe(6);
  });

  it("charges each begun kilobyte of an item", async () => {
    expect(await unitsOf(insert("w6", { note: { S: "x".repeat(1500) } }), insert("w7"))).toBe(6);
  });

  it("charges tables apart", async () => {
    expect(await unitsOf(insert("w8"), insert("w8", {}, LEDGER), insert("w9", {}, LEDGER))).toBe(6);
  });

  it("charges no index where an update leaves the index's keys alone", async () => {
    expect(await unitsOf(update("w4", "SET note = :n", { ":n": "1" }), insert("w10"))).toBe(4);
  });

  it("charges the index when an update takes the item out of it", async () => {
    expect(await unitsOf(update("w4", "REMOVE open_shard", {}), insert("w11"))).toBe(5);
  });

  it("charges a moved index entry as a delete and a put", async () => {
    expect(await unitsOf(update("w5", "SET open_shard = :s", { ":s": "OPEN#2" }), insert("w12"))).toBe(6);
  });

  it("charges an update that leaves an index beside an insert that comes into it", async () => {
    await db.putItem({ TableName: PAYMENTS, Item: { ...key("w17"), ...OPEN } });
    expect(await unitsOf(update("w17", "REMOVE open_shard", {}), insert("w18", OPEN))).toBe(6);
  });

  it("charges several updates and inserts of unlike cost exactly", async () => {
    const writes = [
      update("w1", "SET note = :n", { ":n": "1" }),
      update("w2", "SET open_shard = :s, open_since = :s", { ":s": "1" }),
      update("w5", "REMOVE open_shard", {}),
      insert("w13", OPEN),
      insert("w14"),
    ];
    expect(await unitsOf(...writes)).toBe(2 + 3 + 3 + 3 + 2);
  });

  it("charges a plain write once and a refused condition one unit", async () => {
    await db.putItem({ TableName: PAYMENTS, Item: key("w15") });
    const again = { TableName: PAYMENTS, Item: key("w15"), ConditionExpression: "attribute_not_exists(pk)" };
    expect((await errorOf(db.putItem(again)))?.name).toBe("ConditionalCheckFailedException");
    expect(await counters()).toMatchObject({
      "dynamodb.PutItem": 2,
      "dynamodb.write_units": 2,
      "dynamodb.errors.ConditionalCheckFailedException": 1,
    });
  });

  it("charges a transaction repeated under its token as a read", async () => {
    const request = { ClientRequestToken: "token-of-w16", TransactItems: [insert("w16")] };
    await db.transactWriteItems(request);
    await db.transactWriteItems(request);
    expect(await counters()).toMatchObject({ "dynamodb.write_units": 2, "dynamodb.read_units": 2 });
  });

  it("charges nothing for a cancelled transaction, and counts it", async () => {
    expect((await errorOf(db.transactWriteItems({ TransactItems: [insert("w16")] })))?.name).toBe(
      "TransactionCanceledException",
    );
    const counted = await counters();
    expect(counted["dynamodb.errors.TransactionCanceledException"]).toBe(1);
    expect(counted["dynamodb.write_units"]).toBeUndefined();
  });

  it("charges half a read unit for an eventually consistent read", async () => {
    await db.getItem({ TableName: PAYMENTS, Key: key("w1") });
    expect((await counters())["dynamodb.read_units"]).toBe(0.5);
  });
});

describe("a cancelled transaction", () => {
  it("returns the standing item of every failed condition", async () => {
    const put = (pk: string, value: string): TransactWriteItem => ({
      Put: {
        TableName: PAYMENTS,
        Item: { ...key(pk), note: { S: value } },
        ConditionExpression: "attribute_not_exists(pk)",
        ReturnValuesOnConditionCheckFailure: "ALL_OLD",
      },
    });
    await db.transactWriteItems({ TransactItems: [put("c1", "one"), put("c2", "two")] });
    const error = await errorOf(db.transactWriteItems({ TransactItems: [put("c1", "x"), put("c2", "y")] }));
    expect(error?.CancellationReasons).toMatchObject([
      { Code: "ConditionalCheckFailed", Item: { note: { S: "one" } } },
      { Code: "ConditionalCheckFailed", Item: { note: { S: "two" } } },
    ]);
  });
});

describe("the faults", () => {
  it("cancels a transaction as a conflict and applies nothing", async () => {
    await order({ fault: "conflict", count: 1 });
    const error = await errorOf(db.transactWriteItems({ TransactItems: [insert("f1"), insert("f2")] }));
    expect(error?.name).toBe("TransactionCanceledException");
    expect(error?.CancellationReasons?.map(({ Code }) => Code)).toEqual(["TransactionConflict", "None"]);
    expect((await db.getItem({ TableName: PAYMENTS, Key: key("f1") })).Item).toBeUndefined();
  });

  it("refuses a single write as a conflict", async () => {
    await order({ fault: "conflict", count: 1 });
    expect((await errorOf(db.putItem({ TableName: PAYMENTS, Item: key("f3") })))?.name).toBe(
      "TransactionConflictException",
    );
  });

  it("keeps a conflict for a write when a read comes first", async () => {
    await order({ fault: "conflict", count: 1 });
    await db.getItem({ TableName: PAYMENTS, Key: key("f1") });
    expect(await errorOf(db.putItem({ TableName: PAYMENTS, Item: key("f4") }))).toBeDefined();
  });

  it("throttles reads and writes", async () => {
    await order({ fault: "throttle", count: 2 });
    const read = await errorOf(db.getItem({ TableName: PAYMENTS, Key: key("f1") }));
    const write = await errorOf(db.putItem({ TableName: PAYMENTS, Item: key("f5") }));
    expect([read?.name, write?.name]).toEqual(Array(2).fill("ProvisionedThroughputExceededException"));
    expect(await errorOf(db.getItem({ TableName: PAYMENTS, Key: key("f1") }))).toBeUndefined();
  });

  it("applies a write and loses its answer", async () => {
    await order({ fault: "lost_answer", count: 1 });
    expect(await errorOf(db.transactWriteItems({ TransactItems: [insert("f6")] }))).toBeDefined();
    expect((await db.getItem({ TableName: PAYMENTS, Key: key("f6") })).Item).toBeDefined();
  });

  it("spares calls on tables", async () => {
    await order({ fault: "throttle", count: 1 });
    expect(await errorOf(db.describeTable({ TableName: PAYMENTS }))).toBeUndefined();
  });

  it("refuses a fault that it does not know, and one without an end", async () => {
    expect((await order({ fault: "fire", count: 1 })).status).toBe(400);
    expect((await order({ fault: "throttle" })).status).toBe(400);
  });
});

describe("a crash", () => {
  /** The keys of two items that one transaction inserts; none if it is not answered. */
  const write = (index: number): Promise<string[]> => {
    const keys = [`crash-${index}`, `crash-${index}-event`];
    const TransactItems = keys.map((pk) => insert(pk));
    return db.transactWriteItems({ TransactItems }).then(
      () => keys,
      () => [],
    );
  };
  const many = (from: number, to: number) =>
    Array.from({ length: to - from }, (_, index) => write(from + index));

  it("loses no write, stream record or stream position, writes no half transaction, and leaves no child", async () => {
    const streams = streamsOf(part.url);
    const { Streams } = await streams.listStreams({ TableName: PAYMENTS });
    const StreamArn = Streams?.[0]?.StreamArn;
    const shardOf = async (from: DynamoDBStreams) =>
      (await from.describeStream({ StreamArn })).StreamDescription?.Shards?.[0]?.ShardId;
    const at = { StreamArn, ShardId: await shardOf(streams), ShardIteratorType: "TRIM_HORIZON" as const };
    const { ShardIterator } = await streams.getShardIterator(at);
    const seen = (await streams.getRecords({ ShardIterator, Limit: 3 })).Records?.at(-1)?.dynamodb;
    const recordsAfter = async (from: DynamoDBStreams) => {
      const SequenceNumber = seen?.SequenceNumber;
      const position = { ShardIteratorType: "AFTER_SEQUENCE_NUMBER" as const, SequenceNumber };
      const iterator = await from.getShardIterator({ StreamArn, ShardId: await shardOf(from), ...position });
      const { Records = [] } = await from.getRecords({ ShardIterator: iterator.ShardIterator });
      return Records.map((record) => record.dynamodb?.Keys?.pk?.S);
    };

    const early = (await Promise.all(many(0, 10))).flat();
    expect(early).toHaveLength(20);
    // DynamoDB Local answers a moment before it has written: what it answered in its last
    // milliseconds may be gone.
    await until(async () => {
      const streamed = await recordsAfter(streams);
      return early.every((pk) => streamed.includes(pk));
    }, "the records of what is written");
    const late = many(10, 60);
    const java = javaPid(home);
    await late[0];
    await part.stop("SIGKILL");
    await Promise.all(late);
    await until(() => !isAlive(java), "DynamoDB Local is gone");

    part = await startDatabasePart(home);
    db = clientOf(part.url);
    expect(await recordsAfter(streamsOf(part.url))).toEqual(expect.arrayContaining(early));
    const isThere = async (pk: string) =>
      (await db.getItem({ TableName: PAYMENTS, Key: key(pk), ConsistentRead: true })).Item !== undefined;
    for (const pk of early) expect(await isThere(pk)).toBe(true);
    for (let index = 10; index < 60; index++)
      expect(await isThere(`crash-${index}-event`)).toBe(await isThere(`crash-${index}`));
  });

  it("has on disk what it answered, also when it is killed with the answer", async () => {
    for (const pk of ["killed-1", "killed-2", "killed-3"]) {
      const gone = new Promise((resolve) => part.process.once("exit", resolve));
      const java = javaPid(home);
      await db.transactWriteItems({ TransactItems: [insert(pk)] });
      process.kill(java, "SIGKILL");
      await gone;
      part = await startDatabasePart(home);
      db = clientOf(part.url);
      const { Item } = await db.getItem({ TableName: PAYMENTS, Key: key(pk), ConsistentRead: true });
      expect(Item).toEqual(key(pk));
    }
  });

  it("ends the part when DynamoDB Local dies, so that the supervisor can start both again", async () => {
    const gone = new Promise((resolve) => part.process.once("exit", resolve));
    process.kill(javaPid(home), "SIGKILL");
    expect(await gone).toBe(1);
    part = await startDatabasePart(home);
    db = clientOf(part.url);
  });

  it("takes DynamoDB Local along when it is told to end", async () => {
    const java = javaPid(home);
    await part.stop("SIGTERM");
    await until(() => !isAlive(java), "DynamoDB Local is gone");
  });
});
