// `make keen`: hunts a seed for each mutant, the one of tests/simulation/keen.json first, and
// writes that file. Run it when code draws its random numbers otherwise: seeds mean other worlds
// then.
import { writeFileSync } from "node:fs";
import { findFailingSeed } from "./find-failing-seed.ts";
import { KEEN_FILE, type Keen, seedsFor } from "./keen.ts";
import { SCENARIOS } from "./scenarios.ts";

const found: Keen = {};
const unseen: string[] = [];
for (const scenario of SCENARIOS) {
  const seeds: Record<string, number> = {};
  found[scenario.rail] = seeds;
  for (const mutant of scenario.mutants) {
    const seed = (await findFailingSeed(scenario, seedsFor(scenario.rail, mutant.name), mutant))?.seed;
    console.log(`${scenario.rail}  ${mutant.name}: ${seed ?? "no seed"}`);
    if (seed === undefined) unseen.push(`${scenario.rail}: ${mutant.name}`);
    else seeds[mutant.name] = seed;
  }
}
writeFileSync(KEEN_FILE, `${JSON.stringify(found, undefined, 2)}\n`);
if (unseen.length > 0) {
  console.error(`no seed shows:\n${unseen.map((name) => `  ${name}`).join("\n")}`);
  process.exitCode = 1;
}
