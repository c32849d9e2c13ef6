// All cells of one profile in the same minute, side by side. The answer is their sum. No cell knows
// of another.
import { cellsFor, PROMISE, type Profile, TARGET } from "../headroom.ts";
import { type Outcome, SIMULATED, simulate, type Weather } from "./cell.ts";

export const SEED = 20_261_125;

export type Scenario = { name: string; profile: Profile; rate: number; cells: number; weather?: Weather };

/**
 * AWS throttles surges "until capacity is available": no start for ten seconds, transitions at half
 * their rate, and SQS refuses one message in a thousand.
 */
const STORM: Weather = {
  starts: [{ from: 20, to: 30, factor: 0 }],
  transitions: [{ from: 25, to: 40, factor: 0.5 }],
  unqueued: 0.001,
};

const whole = (profile: Profile, weather: string, what?: Weather): Scenario => ({
  name: `${cellsFor(profile, SIMULATED)} cells, quotas ${profile === "raised" ? "raised" : "as they come"}, ${weather}`,
  profile,
  rate: TARGET / cellsFor(profile, SIMULATED),
  cells: cellsFor(profile, SIMULATED),
  ...(what ? { weather: what } : {}),
});

export const SCENARIOS: Scenario[] = [
  whole("raised", "fair weather"),
  whole("raised", "a storm in every cell", STORM),
  whole("defaults", "fair weather"),
  whole("defaults", "a storm in every cell", STORM),
  {
    name: "one cell, quotas as they come, twice its rate",
    profile: "defaults",
    rate: PROMISE.defaults * 2,
    cells: 1,
  },
];

/**
 * Cells are independent, so a fleet is the sum of its cells. Queue and drain are the worst cell's.
 */
export function simulateFleet(
  { profile, rate, cells, weather }: Scenario,
  seed: number,
  seconds = 60,
): Outcome {
  const outcomes = Array.from({ length: cells }, (_, index) =>
    simulate({ profile, rate, seed: seed + index, seconds, ...(weather ? { weather } : {}) }),
  );
  const sum = (of: (outcome: Outcome) => number): number =>
    outcomes.reduce((all, outcome) => all + of(outcome), 0);
  const worst = (of: (outcome: Outcome) => number): number => Math.max(...outcomes.map(of));
  return {
    offered: sum(({ offered }) => offered),
    refused: sum(({ refused }) => refused),
    accepted: sum(({ accepted }) => accepted),
    ended: sum(({ ended }) => ended),
    queued: sum(({ queued }) => queued),
    swept: sum(({ swept }) => swept),
    longestQueue: worst(({ longestQueue }) => longestQueue),
    deadLetters: sum(({ deadLetters }) => deadLetters),
    lost: sum(({ lost }) => lost),
    drained: worst(({ drained }) => drained),
    waits: outcomes.flatMap(({ waits }) => waits),
  };
}

/** The wait that this share of payments does not exceed. */
export function percentile(waits: readonly number[], share: number): number {
  const sorted = Float64Array.from(waits).sort();
  return sorted[Math.min(sorted.length - 1, Math.floor(share * sorted.length))] ?? 0;
}
