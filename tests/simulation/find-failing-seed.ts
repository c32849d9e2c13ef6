// Looks for the first seed that shows a violation: in the system as it is, or in a mutant of it.
import type { Mutant } from "./mutants.ts";
import type { Scenario } from "./scenario.ts";
import { type Result, simulate } from "./simulate.ts";

export type Found = { seed: number; violations: string[]; trace: () => string };

/** The seeds from 0 up. */
export const firstSeeds = (count: number): number[] => Array.from({ length: count }, (_, seed) => seed);

/** Runs the seeds in their order until one violates; `seen` hears of every run. */
export async function findFailingSeed(
  scenario: Scenario,
  seeds: readonly number[],
  mutant?: Mutant,
  seen: (result: Result, seed: number) => void = () => undefined,
): Promise<Found | undefined> {
  for (const seed of seeds) {
    const result = await simulate(scenario, seed, mutant);
    seen(result, seed);
    const { violations, trace } = result;
    if (violations.length > 0) return { seed, violations, trace };
  }
  return undefined;
}
