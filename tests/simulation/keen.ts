// The seed that shows each mutant, so that nobody hunts from 0 up: some come up once in thousands.
// `make keen` hunts anew those whose seed shows nothing any more.
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { firstSeeds } from "./find-failing-seed.ts";

/** By rail, then by the mutant's name. */
export type Keen = Record<string, Record<string, number>>;

export const KEEN_FILE = join(import.meta.dirname, "keen.json");
const KEEN = JSON.parse(readFileSync(KEEN_FILE, "utf8")) as Keen;
/** A mutant that none of so many worlds shows is one that the simulation cannot see. */
const MOST_SEEDS = 20_000;

/** The seed that showed the mutant when it was last hunted. */
export const keenSeed = (rail: string, mutant: string): number | undefined => KEEN[rail]?.[mutant];

/** The seeds to try for a mutant, the likeliest first. */
export function seedsFor(rail: string, mutant: string): number[] {
  const keen = keenSeed(rail, mutant);
  return [...(keen === undefined ? [] : [keen]), ...firstSeeds(MOST_SEEDS)];
}
