// Tells the trace of one seed: `SEED=17 node tests/simulation/replay.ts`, with RAIL=stablecoin for
// the other rail and MUTANT=<name> for a system without that guard.
import { scenarioOf } from "./scenarios.ts";
import { simulate } from "./simulate.ts";

const scenario = scenarioOf(process.env.RAIL);
const mutant = scenario.mutants.find(({ name }) => name === process.env.MUTANT);
const { trace, violations } = await simulate(scenario, Number(process.env.SEED ?? "0"), mutant);
console.log(trace());
process.exitCode = violations.length === 0 ? 0 : 1;
