// DynamoDB Local as a child: tables that grow with the manifest, and children of runs that could
// not clean up.
import { execFileSync, spawn } from "node:child_process";
import { mkdirSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import {
  DescribeTableCommand,
  DescribeTimeToLiveCommand,
  GetItemCommand,
  PutItemCommand,
} from "@aws-sdk/client-dynamodb";
import { afterAll, describe, expect, it } from "@jest/globals";
import { localClient } from "../../../scripts/lib/local-client.ts";
import { clearOrphan, startDynamoDbLocal } from "../../../scripts/local/dynamodb/java.ts";
import { ensureTables } from "../../../scripts/local/dynamodb/tables.ts";
import { until } from "../../support/until.ts";
import { isAlive, javaPid, newHome, startDatabasePart } from "./dynamodb-part.ts";

const home = newHome();
const data = join(home, "dynamodb");
const pidFile = join(home, "pids", "dynamodb-local.json");
afterAll(() => rmSync(home, { recursive: true, force: true }));

/** The shell that would kill this child when the part dies. */
function watchdogOf(java: number): number {
  const lines = execFileSync("ps", ["-ww", "-eo", "pid=,args="], { encoding: "utf8" }).split("\n");
  return Number.parseInt(lines.find((line) => line.trim().endsWith(`kill -9 ${java}`)) ?? "", 10);
}

describe("the tables", () => {
  it("gain a table, an index, a stream and an end of items from a newer manifest, and keep what they hold", async () => {
    const dynamodb = await startDynamoDbLocal(data, pidFile);
    try {
      await ensureTables(dynamodb.url, { payments: { stream: false, indexes: {} } });
      const client = localClient(dynamodb.url);
      const item = {
        TableName: "local-payments",
        Item: { pk: { S: "1" }, sk: { S: "1" }, shard: { S: "a" } },
      };
      await client.send(new PutItemCommand(item));
      const open = { hash_key: "shard", range_key: "since" };
      const newer = {
        payments: { stream: true, expires: "delete_after", indexes: { open } },
        webhooks: { stream: false, indexes: {} },
      };
      await ensureTables(dynamodb.url, newer);
      await ensureTables(dynamodb.url, newer);

      const { Table } = await client.send(new DescribeTableCommand({ TableName: "local-payments" }));
      expect(Table?.GlobalSecondaryIndexes?.map(({ IndexName }) => IndexName)).toEqual(["open"]);
      expect(Table?.StreamSpecification).toEqual({ StreamEnabled: true, StreamViewType: "NEW_IMAGE" });
      const ttl = await client.send(new DescribeTimeToLiveCommand({ TableName: "local-payments" }));
      expect(ttl.TimeToLiveDescription).toMatchObject({
        TimeToLiveStatus: "ENABLED",
        AttributeName: "delete_after",
      });
      const { pk, sk } = item.Item;
      const kept = await client.send(new GetItemCommand({ TableName: item.TableName, Key: { pk, sk } }));
      expect(kept.Item).toEqual(item.Item);
      await client.send(new DescribeTableCommand({ TableName: "local-webhooks" }));
    } finally {
      await dynamodb.stop();
    }
  });
});

describe("a child that outlived its part and its watchdog", () => {
  it("is ended by the next start on the same data", async () => {
    const first = await startDatabasePart(home);
    const java = javaPid(home);
    process.kill(watchdogOf(java), "SIGKILL");
    await first.stop("SIGKILL");
    expect(isAlive(java)).toBe(true);

    const second = await startDatabasePart(home);
    // Killed is not yet reaped: init takes its time with a process that lost its parent.
    await until(() => !isAlive(java), "the orphan is gone");
    const next = javaPid(home);
    await second.stop("SIGTERM");
    await until(() => !isAlive(next), "its successor goes with the part");
  });

  it("is not mistaken for another program that got its pid", async () => {
    const stranger = spawn("sleep", ["60"], { stdio: "ignore" });
    const pid = Number(stranger.pid);
    mkdirSync(join(home, "pids"), { recursive: true });
    writeFileSync(pidFile, JSON.stringify({ pid, started: new Date(0).toISOString() }));
    await clearOrphan(pidFile, data);
    expect(isAlive(pid)).toBe(true);
    stranger.kill("SIGKILL");
  });
});
