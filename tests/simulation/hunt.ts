// Looks for the first seed that shows a violation: in the system as it is, or in a mutant of it.
import type { Mutant } from "./mutants.ts";
import { type Result, simulate } from "./simulate.ts";

export type Found = { seed: number; violations: string[]; story: () => string };

/** Runs the seeds from 0 up to `most`; `seen` hears of every run. */
export async function hunt(
  most: number,
  mutant?: Mutant,
  seen: (result: Result, seed: number) => void = () => undefined,
): Promise<Found | undefined> {
  for (let seed = 0; seed < most; seed++) {
    const result = await simulate(seed, mutant);
    seen(result, seed);
    const { violations, story } = result;
    if (violations.length > 0) return { seed, violations, story };
  }
  return undefined;
}
