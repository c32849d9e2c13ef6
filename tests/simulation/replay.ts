// Tells the story of one seed: `SEED=17 node tests/simulation/replay.ts`, with MUTANT=<name> for a system without that guard.
import { MUTANTS } from "./mutants.ts";
import { simulate } from "./simulate.ts";

const mutant = MUTANTS.find(({ name }) => name === process.env.MUTANT);
const { story, violations } = await simulate(Number(process.env.SEED ?? "0"), mutant);
console.log(story());
process.exitCode = violations.length === 0 ? 0 : 1;
