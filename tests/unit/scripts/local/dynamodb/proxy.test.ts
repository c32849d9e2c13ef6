// What the proxy asks of its own accord: whether a transaction that was answered is on disk.
import type { Server } from "node:http";
import { afterEach, beforeEach, describe, expect, it } from "@jest/globals";
import { Counters } from "../../../../../scripts/local/common/counters.ts";
import { Faults } from "../../../../../scripts/local/common/faults.ts";
import { json, listen, type Response } from "../../../../../scripts/local/common/http.ts";
import { createProxy } from "../../../../../scripts/local/dynamodb/proxy.ts";
import { closeServers, urlOf } from "../../../../support/servers.ts";
import { until } from "../../../../support/until.ts";

let database: Server;
/** In the order in which they came to DynamoDB Local. */
let asked: string[];
/** Answers the first question of the proxy's own that waits. */
let waiting: (() => void)[];

beforeEach(async () => {
  asked = [];
  waiting = [];
  database = await listen(0, async ({ headers }) => {
    const operation = String(headers["x-amz-target"]).split(".")[1] ?? "";
    asked.push(operation);
    if (operation === "ListTables") await new Promise<void>((resolve) => waiting.push(resolve));
    return json(200, {});
  });
});
afterEach(() => closeServers(database));

const proxy = (isKept: boolean) =>
  createProxy({ url: urlOf(database), tables: {}, counters: new Counters(), faults: new Faults(), isKept });

const transact = async (
  through: ReturnType<typeof proxy>,
  done: string[] = [],
  name = "",
): Promise<Response> => {
  const body = Buffer.from(JSON.stringify({ TransactItems: [] }));
  const headers = { "x-amz-target": "DynamoDB_20120810.TransactWriteItems" };
  const answer = await through({
    method: "POST",
    path: "/",
    query: new URLSearchParams(),
    headers,
    rawHeaders: [],
    body,
  });
  done.push(name);
  return answer;
};
const questions = () => asked.filter((operation) => operation === "ListTables").length;
const transactions = () => asked.length - questions();

describe("a transaction", () => {
  it("is answered once a question behind it was, and many share the next question", async () => {
    const through = proxy(true);
    const done: string[] = [];
    const first = transact(through, done, "first");
    await until(() => waiting.length === 1, "the first is asked about");
    const others = ["second", "third", "fourth"].map((name) => transact(through, done, name));
    await until(() => transactions() === 4, "the others are written");
    expect(done).toEqual([]);
    waiting.shift()?.();
    await first;
    await until(() => waiting.length === 1, "the others are asked about");
    // The question that was on its way stood before them.
    expect(done).toEqual(["first"]);
    waiting.shift()?.();
    await Promise.all(others);
    expect(questions()).toBe(2);
  });

  it("is not asked about where tables are in memory", async () => {
    expect(await transact(proxy(false))).toMatchObject({ status: 200 });
    expect(asked).toEqual(["TransactWriteItems"]);
  });
});
