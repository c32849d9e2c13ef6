// What payments of one rail take on a stack: calls, CPU by part, and how long their clients wait.
import type { Counters } from "../capacity/costs.ts";
import { percentile } from "../capacity/simulation/fleet.ts";
import type { OwnStack } from "../lib/own-stack.ts";
import { cpuSecondsOf, processesOf } from "../lib/stack-processes.ts";
import { untilQuiet } from "../lib/until-quiet.ts";
import type { BenchClient, Posted } from "./client.ts";

/** Milliseconds: half of the clients waited no longer, and so on. */
export type Waits = { p50: number; p95: number; p99: number };
export type Load = {
  payments: number;
  completed: number;
  /** How often a POST was answered with 429 or 503. */
  turnedAway: number;
  perSecond: number;
  /** Until 202, and from there until COMPLETED. */
  post: Waits;
  whole: Waits;
  /** Per payment: every counter of the stack, and CPU seconds by process. */
  counters: Counters;
  cpu: Record<string, number>;
};

type Seen = { written: number; counters: Counters; cpu: Record<string, number>; at: number };

async function look(client: BenchClient, { home }: OwnStack): Promise<Seen> {
  const counters = await client.counters();
  const cpu = Object.fromEntries(
    Object.entries(processesOf(home)).map(([name, pid]) => [name, cpuSecondsOf(pid)]),
  );
  return { written: counters["dynamodb.write_units"] ?? 0, counters, cpu, at: performance.now() };
}

/** Measures what `pay` makes of a stack that is at rest. What nobody waits for is waited for. */
export async function measureLoad(
  stack: OwnStack,
  client: BenchClient,
  pay: () => Promise<Posted[]>,
): Promise<Load> {
  const before = await untilQuiet(() => look(client, stack));
  const started = performance.now();
  const posted = await pay();
  const seconds = (performance.now() - started) / 1000;
  const after = await untilQuiet(() => look(client, stack));
  const wholes: (number | undefined)[] = [];
  for (const one of posted) wholes.push(await client.wholeMs(one));
  const ended = wholes.filter((ms) => ms !== undefined);
  const count = posted.length;
  return {
    payments: count,
    completed: ended.length,
    turnedAway: posted.reduce((sum, { turnedAway }) => sum + turnedAway, 0),
    perSecond: count / seconds,
    post: waitsOf(posted.map(({ ms }) => ms)),
    whole: waitsOf(ended),
    counters: perPayment(before.counters, after.counters, count),
    cpu: perPayment(before.cpu, after.cpu, count),
  };
}

const waitsOf = (all: number[]): Waits => ({
  p50: percentile(all, 0.5),
  p95: percentile(all, 0.95),
  p99: percentile(all, 0.99),
});

/** A process that was started again counts from nothing. */
const perPayment = (
  before: Record<string, number>,
  after: Record<string, number>,
  count: number,
): Record<string, number> =>
  Object.fromEntries(
    Object.entries(after).map(([name, value]) => {
      const grown = value - (before[name] ?? 0);
      return [name, (grown < 0 ? value : grown) / count];
    }),
  );

/** The parts of a stack as a reader tells them apart. */
export const PARTS = ["functions", "DynamoDB Local", "its proxy", "the rest"] as const;
export type PartName = (typeof PARTS)[number];

const PART_OF: Record<string, PartName> = {
  lambda: "functions",
  "DynamoDB Local (Java)": "DynamoDB Local",
  dynamodb: "its proxy",
};

export function byPart(cpu: Record<string, number>): Record<PartName, number> {
  const sums = Object.fromEntries(PARTS.map((part) => [part, 0])) as Record<PartName, number>;
  for (const [name, seconds] of Object.entries(cpu)) sums[PART_OF[name] ?? "the rest"] += seconds;
  return sums;
}

export const sumOf = (figures: Record<string, number>): number =>
  Object.values(figures).reduce((sum, one) => sum + one, 0);
