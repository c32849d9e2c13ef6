// How much memory a function is given, and why. Lambda gives CPU in proportion to memory, and bills
// memory by time. So CPU costs the same whatever the memory is, and waiting costs less with little
// memory. The least memory is the cheapest. It is enough when the function's own CPU, at the share
// that the memory gives, does not keep those who wait for it. This is reckoned for the functions
// that every payment calls. Others are rare: they are cold when they come, and cost nothing.
import manifest from "../../functions/manifest.json" with { type: "json" };
import { invocations, RAILS } from "../capacity/costs.ts";
import { dollarsOf } from "../capacity/prices.ts";
import { table } from "../lib/markdown.ts";
import type { Warm } from "./functions.ts";

/** Megabytes. A function that has loaded the SDK holds about 100. */
const MEMORIES = [256, 512, 1024] as const;
/** Megabytes that give one core (AWS Lambda, "Configure Lambda function memory"). */
const ONE_CORE = 1_769;
/** Milliseconds until AWS answers a call of its SDK, and until a provider answers (R050). */
const CALL_MS = 5;
const PROVIDER_MS = 200;
/** Milliseconds of a function's own work that one may wait for: a client or a saga, and nobody. */
const PATIENCE = { somebody: 40, nobody: 400 };

type Entry = { memory_mb: number; queue?: object; stream?: object; schedule?: unknown };
const ENTRIES: Record<string, Entry> = manifest.functions;

const isWaitedFor = ({ queue, stream, schedule }: Entry): boolean =>
  queue === undefined && stream === undefined && schedule === undefined;

/** Milliseconds of its own work, with so much memory. */
const own = ({ warm }: Warm, memory: number): number => warm * Math.max(1, ONE_CORE / memory);

/** Dollars for a million events. */
const billed = (warm: Warm, memory: number): number =>
  (memory / 1024) *
  ((own(warm, memory) + warm.calls * CALL_MS + warm.asked * PROVIDER_MS) / 1000) *
  dollarsOf("gigabyte-second");

/** The least memory with which nobody waits too long for the function's own work. */
export function memoryFor(warm: Warm, entry: Entry): number {
  const patience = isWaitedFor(entry) ? PATIENCE.somebody : PATIENCE.nobody;
  return MEMORIES.find((memory) => own(warm, memory) <= patience) ?? Math.max(...MEMORIES);
}

type Sized = { name: string; entry: Entry; warm: Warm };

/** Of what was measured, the functions that a payment calls, polls included. */
function called(measured: Record<string, Warm>): Sized[] {
  const names = new Set([
    ...RAILS.flatMap((rail) => invocations(rail).map(([name]) => name)),
    "read-payment",
  ]);
  return Object.entries(ENTRIES).flatMap(([name, entry]) => {
    const warm = measured[name];
    return warm && names.has(name) ? [{ name, entry, warm }] : [];
  });
}

/** Functions whose memory in the manifest is not what was measured asks for. */
export const wronglySized = (measured: Record<string, Warm>): string[] =>
  called(measured).flatMap(({ name, entry, warm }) => {
    const least = memoryFor(warm, entry);
    return least === entry.memory_mb ? [] : [`${name} has ${entry.memory_mb} MB and needs ${least}`];
  });

export const memoryTable = (measured: Record<string, Warm>): string =>
  table(
    [
      "$ for a million events, and ms of own work",
      "CPU ms",
      "calls",
      "provider",
      ...MEMORIES.map((memory) => `${memory} MB`),
      "given",
    ],
    called(measured).map(({ name, entry, warm }) => [
      name,
      warm.warm.toFixed(1),
      warm.calls.toFixed(1),
      warm.asked.toFixed(1),
      ...MEMORIES.map((memory) => `${billed(warm, memory).toFixed(2)} (${own(warm, memory).toFixed(0)} ms)`),
      String(entry.memory_mb),
    ]),
  );
