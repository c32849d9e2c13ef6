// A simulation that finds nothing proves nothing until it has found what is missing: each guard taken out in turn.
import { describe, expect, it } from "@jest/globals";
import { hunt } from "./hunt.ts";
import { MUTANTS } from "./mutants.ts";
import { simulate } from "./simulate.ts";

const MOST_SEEDS = 10_000;

describe("the simulation misses", () => {
  it.each(MUTANTS.map((mutant) => [mutant.name, mutant] as const))(
    "the guard that is gone: %s",
    async (_, mutant) => {
      const found = await hunt(MOST_SEEDS, mutant);
      expect(found?.violations.length).toBeGreaterThan(0);
      // With the guard in place the same seed is clean: it is the guard that was missed.
      expect((await simulate(found?.seed ?? 0)).violations).toEqual([]);
    },
    240_000,
  );
});
