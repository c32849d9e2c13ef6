// A simulation that finds nothing proves nothing until it has found what is missing: each guard
// taken out in turn.
import { describe, expect, it } from "@jest/globals";
import { findFailingSeed, firstSeeds } from "./find-failing-seed.ts";
import { SCENARIOS } from "./scenarios.ts";
import { simulate } from "./simulate.ts";

/**
 * What showed a mutant of either rail when they were last hunted from 0 up: tried first, for some
 * come up once in thousands.
 */
const KEEN = [
  0, 1, 2, 4, 7, 8, 15, 16, 22, 24, 25, 26, 30, 31, 32, 37, 41, 57, 59, 62, 63, 66, 69, 74, 76, 85, 89, 93,
  106, 108, 111, 129, 134, 135, 151, 157, 168, 175, 177, 181, 188, 190, 223, 224, 226, 230, 247, 257, 289,
  294, 351, 368, 397, 427, 445, 515, 528, 543, 557, 592, 594, 613, 635, 668, 672, 709, 730, 797, 811, 814,
  865, 876, 884, 891, 920, 970, 1_008, 1_055, 1_057, 1_090, 1_116, 1_161, 1_254, 1_486, 1_586, 1_652, 1_705,
  1_807, 1_942, 1_943, 2_154, 2_621, 2_870, 2_925, 3_127, 3_397, 3_470, 3_661, 4_055, 4_254, 4_565, 4_639,
  4_957, 5_093, 5_193, 5_472, 7_863, 8_642, 8_661, 9_376, 21_916, 27_581,
];
const SEEDS = [...KEEN, ...firstSeeds(10_000)];

describe.each(SCENARIOS)("the simulation of the $rail rail misses", (scenario) => {
  it.each(scenario.mutants.map((mutant) => [mutant.name, mutant] as const))(
    "the guard that is gone: %s",
    async (_, mutant) => {
      const found = await findFailingSeed(scenario, SEEDS, mutant);
      // Seeds mean other worlds when code draws otherwise: then the list is out of date.
      if (found && !KEEN.includes(found.seed)) console.log(`${mutant.name}: seed ${found.seed} is keener`);
      expect(found?.violations.length).toBeGreaterThan(0);
      // With the guard in place the same seed is clean: it is the guard that was missed.
      expect((await simulate(scenario, found?.seed ?? 0)).violations).toEqual([]);
    },
  );
});
