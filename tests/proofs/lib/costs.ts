// What payments cost: the stack's own counters before and after them, on a stack that is warm.
import { readFileSync, writeFileSync } from "node:fs";
import {
  COUNTS,
  type Count,
  type Counters,
  countersOf,
  per,
  type Rail,
} from "../../../scripts/capacity/costs.ts";
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
export const PACE: Pace = { concurrency: 20, lastStep: "lambda.invocations.notify-payment" };

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
export async function payAll(
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

/**
 * The share by which a count may pass the committed one, at full size and in a small run. A retry
 * on a slow machine is a transition, and one more state is always more than this. What is done in
 * batches is done in smaller ones where there are few payments, and what is asked again after some
 * seconds is asked more often by a slow machine.
 */
const MAY_GROW: Record<Count, { full: number; small: number }> = {
  "state transitions": { full: 0.05, small: 0.15 },
  "write units": { full: 0.05, small: 0.15 },
  "read units": { full: 0.1, small: 0.25 },
  "SDK calls": { full: 0.1, small: 0.25 },
  "Lambda invocations": { full: 0.1, small: 0.25 },
};
const SMALL = 100;

/** A counter of time is of this machine, and no cost. */
const isCost = (name: string): boolean => !name.endsWith("_ms");

/** Every counter of one payment, rounded to a hundredth. */
const perPayment = ({ ids: { length: count }, spent }: Costs): Counters =>
  Object.fromEntries(
    Object.entries(spent)
      .filter(([name, value]) => value > 0 && isCost(name))
      .map(([name, value]) => [name, Math.round((value / count) * 100) / 100]),
  );

/**
 * Prints the costs of one payment, and fails when they pass what they may be, or what was counted
 * and committed (scripts/capacity/measured.json). With COSTS_FILE they are counted anew and kept
 * there: what `make capacity` reckons with.
 */
export function judgeCosts({ figure }: Pick<Context, "figure">, rail: Rail, costs: Costs, most: Most): void {
  const counted = perPayment(costs);
  const size = costs.ids.length < SMALL ? "small" : "full";
  const file = process.env.COSTS_FILE;
  for (const [name, of] of Object.entries(COUNTS) as [Count, (counters: Counters) => number][]) {
    const [now, committed] = [of(counted), of(countersOf(rail))];
    figure(`${name} per payment (committed)`, `${now.toFixed(2)} (${committed.toFixed(2)})`);
    if (!file)
      claim.atMost(
        `a payment takes no more ${name} than before`,
        now,
        committed * (1 + MAY_GROW[name][size]),
      );
  }
  const lag = (costs.spent["events.lag_ms"] ?? 0) / (costs.spent["streams.records.relay-events"] ?? 0);
  figure("seconds until the bus has an event", (lag / 1000).toFixed(1));
  claimMost(costs, most);
  if (file) keepCosts(file, rail, counted);
}

/** Claims that a payment takes no more than it may. Returns its write units. */
export function claimMost(costs: Costs, most: Most): number {
  const counted = perPayment(costs);
  const writeUnits = per("dynamodb.write_units", counted);
  claim.atMost("a payment takes few transitions", per("states.transitions", counted), most.transitions);
  // The bound is for full batches of the fold. A slow machine makes smaller ones: three more for a
  // hundred conversions are half a unit of each.
  if (costs.ids.length >= SMALL) {
    const bound = most.writeUnits * (1 + MAY_GROW["write units"].full);
    claim.atMost("a payment takes few write units", writeUnits, bound);
  }
  return writeUnits;
}

function keepCosts(file: string, rail: Rail, counted: Counters): void {
  const kept = JSON.parse(readFileSync(file, "utf8")) as Record<Rail, Counters>;
  writeFileSync(file, `${JSON.stringify({ ...kept, [rail]: counted }, null, 2)}\n`);
}
