// The same machines on two interpreters that know nothing of each other, the laptop's and the
// endpoint's. Where their traces differ, one of them is wrong about Step Functions.
import { join } from "node:path";
import {
  type Definition,
  parseForRunning,
  readMachines,
} from "../../../scripts/local/step-functions/definition.ts";
import { claim } from "../../proofs/lib/claims.ts";
import { concurrently } from "../../proofs/lib/client.ts";
import type { Proof } from "../../proofs/lib/proof.ts";
import { describeRun, runMachine } from "../../support/run-machine.ts";
import { hurried, type Scenario, scenariosOf } from "../lib/scenarios.ts";
import { SecondInterpreter } from "../lib/second-interpreter.ts";
import type { Run } from "../lib/trace.ts";
import type { World } from "../lib/world.ts";

const REPOSITORY = join(import.meta.dirname, "..", "..", "..");
/**
 * Most of them wait for a retry or a timeout; many more, and the endpoint is too busy to tell time.
 */
const CONCURRENCY = 40;

export const interpreters = ({ aws, control }: World): Proof => ({
  claim: "every machine takes the same way on the laptop's interpreter and on the endpoint's",
  stack: "none",
  async run({ scale, figure }) {
    const differing: string[] = [];
    const second = new SecondInterpreter(aws, control);
    try {
      await second.open();
      for (const [name, text] of readMachines(REPOSITORY)) {
        const definition = hurried(JSON.parse(text) as Definition);
        const scenarios = scenariosOf(definition, scale >= 1);
        const found = await onEndpoint(second, name, definition, scenarios);
        const expected = await onLaptop(definition, scenarios);
        for (const [index, { title }] of scenarios.entries()) {
          const [laptop, endpoint] = [expected[index], found[index]];
          if (laptop !== endpoint)
            differing.push(`${name}: ${title}\n    laptop   ${laptop}\n    endpoint ${endpoint}`);
        }
        const mutant = await onLaptop(withoutLastCatch(definition), scenarios);
        const noticed = mutant.filter((trace, index) => trace !== found[index]).length;
        claim.atLeast("a machine without its last Catches takes other ways", noticed, 1, name);
        figure(`${name}: executions compared`, scenarios.length);
        figure(`${name}: different ways`, new Set(expected).size);
        figure(`${name}: ways that a mutant takes otherwise`, noticed);
      }
    } finally {
      await second.remove();
    }
    figure("differing", differing.length);
    claim.nothing("both interpreters take the same ways", differing);
  },
});

function onEndpoint(
  second: SecondInterpreter,
  name: string,
  definition: Definition,
  scenarios: Scenario[],
): Promise<string[]> {
  second.add(name, definition);
  return concurrently(scenarios.length, CONCURRENCY, async (index) => {
    const { script, redriven = false } = scenarios[index] as Scenario;
    return traceOf(await second.run(name, script, redriven));
  });
}

async function onLaptop(definition: Definition, scenarios: Scenario[]): Promise<string[]> {
  const runnable = parseForRunning(JSON.stringify(definition));
  const traces: string[] = [];
  for (const { script, redriven } of scenarios) {
    const first = await runMachine(runnable, script);
    traces.push(traceOf(redriven ? [first, await runMachine(runnable, {}, first.progress)] : [first]));
  }
  return traces;
}

const traceOf = (runs: Run[]): string => runs.map((run) => describeRun(run)).join(" ⟳ ");

/** A mutant that the comparison has to notice. */
function withoutLastCatch(definition: Definition): Definition {
  const States = Object.entries(definition.States).map(([name, { Catch, ...state }]) => [
    name,
    Catch ? { ...state, Catch: Catch.slice(0, -1) } : state,
  ]);
  return { ...definition, States: Object.fromEntries(States) };
}
