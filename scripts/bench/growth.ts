// How a payment's cost grows: with the payments that lie in the tables, and where all of them go to
// one account. How long a balance lags behind its payments, and what a sweep over many open ones
// takes.
import { setTimeout as wait } from "node:timers/promises";
import { GetItemCommand } from "@aws-sdk/client-dynamodb";
import { openShardKey, paymentKey, shardOf } from "../../functions/lib/adapters/dynamodb/payment-item.ts";
import { percentile } from "../capacity/simulation/fleet.ts";
import { type OwnStack, startStack } from "../lib/own-stack.ts";
import { cpuSecondsOf, processesOf } from "../lib/stack-processes.ts";
import { BenchClient, type Payer } from "./client.ts";
import { invoke } from "./invoke.ts";
import { type Load, measureLoad, sumOf } from "./load.ts";
import { type Item, store, type Template, templateOf, withTables } from "./stored.ts";
import type { Tree } from "./trees.ts";

/** `figures`: what is no load, by its name with its unit. */
export type Growth = { loads: Record<string, Load>; figures: Record<string, number> };

const WIDTH = 20;
const PAYER: Payer = { merchant: "bench" };
const STORED = [1_000, 20_000];
const OPEN = 5_000;
const PAID = 100;
const LAGS = 20;
const HOUR_MS = 3_600_000;
const LOOK_EVERY_MS = 20;
const TABLE = "local-payments";

export async function growth({ root }: Tree, scale: number, tell: (line: string) => void): Promise<Growth> {
  const sized = (full: number): number => Math.max(2, Math.round(full * scale));
  const stack = await startStack({ timeScale: 1, root, env: { CONTRA_TABLES: "memory" } });
  const client = new BenchClient(stack.url);
  const loads: Growth["loads"] = {};
  const measure = async (name: string, payers: Payer[]): Promise<void> => {
    loads[name] = await measureLoad(stack, client, () =>
      client.payAtOnce("card", sized(PAID), WIDTH, payers),
    );
    tell(`${name}: ${sumOf(loads[name].cpu).toFixed(3)} CPU-s each`);
  };
  try {
    const [one] = await client.payAtOnce("card", WIDTH, WIDTH, [PAYER]);
    if (!one) throw new Error("nothing was paid");
    await measure("one account", [{ ...PAYER, account: "hot" }]);
    await measure(
      "as many accounts",
      Array.from({ length: sized(PAID) }, (_, n) => ({ ...PAYER, account: `many-${n}` })),
    );
    const lags = await foldLags(client, sized(LAGS));
    const open = await openTemplate(stack, client);
    const ended = await withTables(stack, (tables) => templateOf(tables, one.id));
    let stored = 0;
    for (const full of STORED) {
      await store(stack, ended, one.id, sized(full) - stored);
      stored = sized(full);
      await measure(`${stored.toLocaleString("en-US")} stored payments`, [PAYER]);
    }
    await store(
      stack,
      open.template,
      open.id,
      sized(OPEN),
      inFlight(new Date(Date.now() - HOUR_MS).toISOString()),
    );
    const sweep = await sweepOnce(stack, client, sized(OPEN));
    return { loads, figures: { ...lags, ...sweep } };
  } finally {
    await stack.stop();
  }
}

/** Milliseconds from a capture until the merchant's balance shows it, on a quiet stack. */
async function foldLags(client: BenchClient, count: number): Promise<Record<string, number>> {
  const lags: number[] = [];
  for (let index = 0; index < count; index++) {
    const account = `lag-${index}`;
    const posted = await client.pay("card", { ...PAYER, account });
    for (;;) {
      const { json } = await client.call("GET", `/accounts/${account}/balance`);
      const [balance] = (json.balances ?? []) as { available: string }[];
      if (balance && balance.available !== "0") break;
      await wait(LOOK_EVERY_MS);
    }
    const seen = Date.now();
    const { json } = await client.call("GET", `/payments/${posted.id}`);
    lags.push(seen - Date.parse(String(json.processed_at)));
  }
  return { "fold lag ms, p50": percentile(lags, 0.5), "fold lag ms, p95": percentile(lags, 0.95) };
}

/** A payment that its saga has claimed and not yet ended. */
async function openTemplate(
  stack: OwnStack,
  client: BenchClient,
): Promise<{ template: Template; id: string }> {
  const { id } = await client.pay("card", PAYER, { metadata: { sandbox: "timeout_authorize" } });
  return withTables(stack, async (tables) => {
    for (;;) {
      const Key = { pk: { S: paymentKey(id) }, sk: { S: "PAYMENT" } };
      const { Item } = await tables.send(new GetItemCommand({ TableName: TABLE, Key, ConsistentRead: true }));
      if (Item?.owner_execution) return { template: await templateOf(tables, id), id };
      await wait(LOOK_EVERY_MS);
    }
  });
}

/** As old as `since`, silent since then, and in the shard of its own id. */
const inFlight =
  (since: string) =>
  (item: Item, id: string): Item => {
    if (item.open_shard === undefined) return item;
    const at = { S: since };
    return {
      ...item,
      open_since: at,
      created_at: at,
      updated_at: at,
      open_shard: { S: openShardKey(shardOf(id)) },
    };
  };

/** Starts are held, so that the sweep asks about each and starts none. */
async function sweepOnce(
  stack: OwnStack,
  client: BenchClient,
  open: number,
): Promise<Record<string, number>> {
  await client.call("POST", "/sandbox/switches", { body: { name: "card/hold-starts", value: "on" } });
  const lambda = Number(processesOf(stack.home).lambda);
  const before = { counters: await client.counters(), cpu: cpuSecondsOf(lambda), at: performance.now() };
  await invoke(stack, "sweep-payments", {});
  const seconds = (performance.now() - before.at) / 1000;
  const cpu = cpuSecondsOf(lambda) - before.cpu;
  const after = await client.counters();
  const grown = (name: string): number => (after[name] ?? 0) - (before.counters[name] ?? 0);
  const name = `a sweep over ${open.toLocaleString("en-US")} open payments`;
  return {
    [`${name}, s`]: seconds,
    [`${name}, CPU-s`]: cpu,
    [`${name}, read units`]: grown("dynamodb.read_units"),
    [`${name}, questions to Step Functions`]: grown("states.DescribeExecution"),
  };
}
