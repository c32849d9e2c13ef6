// A simulation that finds nothing proves nothing until it has found what is missing: each guard
// taken out in turn.
import { describe, expect, it } from "@jest/globals";
import { findFailingSeed } from "./find-failing-seed.ts";
import { keenSeed, seedsFor } from "./keen.ts";
import { SCENARIOS } from "./scenarios.ts";
import { simulate } from "./simulate.ts";

describe.each(SCENARIOS)("the simulation of the $rail rail misses", (scenario) => {
  it.each(scenario.mutants.map((mutant) => [mutant.name, mutant] as const))(
    "the guard that is gone: %s",
    async (_, mutant) => {
      const found = await findFailingSeed(scenario, seedsFor(scenario.rail, mutant.name), mutant);
      if (found && found.seed !== keenSeed(scenario.rail, mutant.name))
        console.log(`${mutant.name}: seed ${found.seed}; \`make keen\` writes it down`);
      expect(found?.violations.length).toBeGreaterThan(0);
      // With the guard in place the same seed is clean: it is the guard that was missed.
      expect((await simulate(scenario, found?.seed ?? 0)).violations).toEqual([]);
    },
  );
});
