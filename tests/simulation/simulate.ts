// One seed, one world: what happened, how its payments ended, and what was wrong with that.

import { executionOf } from "../../functions/lib/domain/saga-executions.ts";
import { isTerminal } from "../../functions/lib/domain/status.ts";
import { Random } from "../../scripts/lib/random.ts";
import { drawFaultPlan } from "./fault-plan.ts";
import { violationsOf } from "./invariants.ts";
import type { Mutant } from "./mutants.ts";
import type { Scenario } from "./scenario.ts";
import { Schedule } from "./schedule.ts";
import { Trace } from "./trace.ts";
import { World } from "./world.ts";

/** A world has some hundred events; this many only when something goes in circles. */
const MOST_EVENTS = 30_000;

export type Result = {
  violations: string[];
  /** How each payment ended, by its status, or by the state where it is parked. */
  ends: string[];
  events: number;
  faults: Map<string, number>;
  trace: () => string;
};

export async function simulate(scenario: Scenario, seed: number, mutant?: Mutant): Promise<Result> {
  const random = new Random(seed);
  const schedule = new Schedule();
  const trace = new Trace();
  const plan = drawFaultPlan(random, scenario.rail, scenario.operations);
  const world = new World({ schedule, random, trace, plan }, scenario, mutant);
  const ended = await world.live(MOST_EVENTS);
  const violations = ended ? violationsOf(world) : [`it did not end within ${MOST_EVENTS} events`];
  return {
    violations,
    ends: endsOf(world),
    events: schedule.events,
    faults: trace.faults,
    trace: () =>
      [`seed ${seed}`, JSON.stringify(plan), String(trace), ...violations.map((one) => `✗ ${one}`)].join(
        "\n",
      ),
  };
}

const endsOf = (world: World): string[] =>
  world.payments().map((payment) => {
    const state = world.engine.executions.get(executionOf(payment))?.state;
    return isTerminal(payment.status) ? payment.status : `${payment.status} at ${state}`;
  });
