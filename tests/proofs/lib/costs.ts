// What payments cost: the stack's own counters before and after them, on a stack that is warm.
import { readFileSync, writeFileSync } from "node:fs";
import type { Counters, Rail } from "../../../scripts/capacity/costs.ts";
import { untilQuiet } from "./books.ts";
import { claim } from "./claims.ts";
import type { Client } from "./client.ts";
import type { Context } from "./proof.ts";

/** Posts one payment and returns its id. */
export type Post = () => Promise<string>;
export type Costs = {
  ids: string[];
  seconds: number;
  /** Every counter's growth, of all the payments together. */
  spent: Record<string, number>;
};

/** How many payments are on their way at most, and the counter that shows who is through. */
export type Pace = { concurrency: number; lastStep: string };
const PACE: Pace = { concurrency: 20, lastStep: "lambda.invocations.notify-payment" };

/** Functions start cold: `warm` payments go before those that are measured. */
export async function costsOf(
  { client }: Pick<Context, "client">,
  count: number,
  warm: number,
  post: Post,
  pace = PACE,
): Promise<Costs> {
  await payAll(client, warm, post, pace);
  await untilQuiet(client);
  const before = await client.counters();
  const started = performance.now();
  const ids = await payAll(client, count, post, pace);
  const seconds = (performance.now() - started) / 1000;
  await untilQuiet(client);
  return { ids, seconds, spent: difference(before, await client.counters()) };
}

/**
 * Posts `count` payments, a few at a time, and returns when all are through. It watches a counter
 * instead of asking for every payment: questions would be counted with the payments' own costs.
 */
async function payAll(
  client: Client,
  count: number,
  post: Post,
  { concurrency, lastStep }: Pace,
): Promise<string[]> {
  const through = async (): Promise<number> => (await client.counters())[lastStep] ?? 0;
  const before = await through();
  const ids: Promise<string>[] = [];
  let refusal: unknown;
  await client.until(`${count} payments are through`, async () => {
    if (refusal) throw refusal;
    const done = (await through()) - before;
    while (ids.length < Math.min(count, done + concurrency)) {
      const id = post();
      // Nobody would ever be through for it.
      id.catch((error) => {
        refusal = error;
      });
      ids.push(id);
    }
    return done >= count ? true : undefined;
  });
  return Promise.all(ids);
}

const difference = (before: Record<string, number>, after: Record<string, number>): Record<string, number> =>
  Object.fromEntries(Object.entries(after).map(([name, value]) => [name, value - (before[name] ?? 0)]));

/**
 * What may be spent per payment; the fold's batches are small in a small run, which may then cost
 * more.
 */
export type Most = { transitions: number; writeUnits: number };

/** Prints the costs of one payment, and fails when they pass what they may be. */
export function printCosts(
  { figure }: Pick<Context, "figure">,
  { ids: { length: count }, spent }: Costs,
  most: Most,
): void {
  const per = (name: string): number => (spent[name] ?? 0) / count;
  const calls = Object.entries(spent)
    .filter(([name]) => /^(dynamodb|states|events|sqs)\.[A-Z]/.test(name))
    .reduce((sum, [, value]) => sum + value, 0);
  figure("transitions per payment", per("states.transitions").toFixed(2));
  figure("write units per payment", per("dynamodb.write_units").toFixed(1));
  figure("Lambda invocations per payment", per("lambda.invocations").toFixed(1));
  figure("AWS calls per payment", (calls / count).toFixed(1));
  const lag = (spent["events.lag_ms"] ?? 0) / (spent["streams.records.relay-events"] ?? 0);
  figure("seconds until the bus has an event", (lag / 1000).toFixed(1));
  claim.atMost("a payment takes few transitions", per("states.transitions"), most.transitions);
  if (count >= 100)
    claim.atMost("a payment takes few write units", per("dynamodb.write_units"), most.writeUnits);
}

/** A counter of time is of this machine, and no cost. */
const isCost = (name: string): boolean => !name.endsWith("_ms");

/**
 * Writes every counter of a payment, rounded to a hundredth, where COSTS_FILE says: what `make
 * capacity` reckons with.
 */
export function keepCosts(rail: Rail, { ids: { length: count }, spent }: Costs): void {
  const file = process.env.COSTS_FILE;
  if (!file) return;
  const counted = Object.entries(spent).filter(([name, value]) => value > 0 && isCost(name));
  const payment = Object.fromEntries(
    counted.map(([name, value]) => [name, Math.round((value / count) * 100) / 100]),
  );
  const kept = JSON.parse(readFileSync(file, "utf8")) as Record<Rail, Counters>;
  writeFileSync(file, `${JSON.stringify({ ...kept, [rail]: payment }, null, 2)}\n`);
}
