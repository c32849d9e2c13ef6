// What a run of `make bench` found, as its JSON says it. Every figure of the tables and of
// docs/performance.md comes from it, or from the counts in scripts/capacity/measured.json.
import type { Rail } from "../capacity/costs.ts";
import type { Warm, Weight } from "./functions.ts";
import type { Growth } from "./growth.ts";
import type { Load } from "./load.ts";
import type { Both } from "./turns.ts";

export const SECTIONS = ["functions", "warm", "calls", "pace", "overload", "growth"] as const;
export type Section = (typeof SECTIONS)[number];

/** Megabytes of all processes together. */
export type Held = { idle: number; after: number };
export type Pace = {
  /** Seconds until a fresh stack is ready, and until its first payment is COMPLETED. */
  ready: number;
  first: number;
  memory: Held;
  rails: Record<Rail, Load>;
};
/** `rate`: how many a second the stack carried; it was then asked for four times as many. */
export type Overload = { rate: number; quiet: Load; crowded: Load };

/** Under which circumstances a section was measured. `commits`: of the tree before, and of this. */
export type Run = {
  at: string;
  node: string;
  cpus: number;
  scale: number;
  commits: Partial<Record<"before" | "after", string>>;
};
export type Found = {
  functions: Both<Record<string, Weight>>;
  warm: Record<string, Warm>;
  calls: Both<Record<Rail, Load>>;
  pace: Both<Pace>;
  overload: Both<Overload>;
  growth: Growth;
};
export type Result = { [S in Section]?: { run: Run; found: Found[S] } };

/** Every number to four digits: the fifth is noise. */
export function rounded(found: unknown): unknown {
  if (typeof found === "number") return Number(found.toPrecision(4));
  if (typeof found !== "object" || found === null) return found;
  return Object.fromEntries(Object.entries(found).map(([name, value]) => [name, rounded(value)]));
}
