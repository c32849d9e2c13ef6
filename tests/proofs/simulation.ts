// Twenty thousand worlds of each rail in virtual time, and what the same runs say of a system that
// lacks one of its guards. It needs no stack. `RAIL=stablecoin SEED=17 make prove ONLY=simulation`
// prints one world.
import { findFailingSeed, firstSeeds } from "../simulation/find-failing-seed.ts";
import { seedsFor } from "../simulation/keen.ts";
import type { Scenario } from "../simulation/scenario.ts";
import { SCENARIOS, scenarioOf } from "../simulation/scenarios.ts";
import { simulate } from "../simulation/simulate.ts";
import { claim } from "./lib/claims.ts";
import type { Context, Proof } from "./lib/proof.ts";

const SEEDS = 20_000;

export const proof: Proof = {
  claim: `${SEEDS} simulated worlds of each rail end in balance or parked with a reason, and every missing guard is missed`,
  stack: "none",
  async run(context) {
    const { SEED, RAIL } = process.env;
    if (SEED !== undefined) return printWorld(scenarioOf(RAIL), Number(SEED));
    for (const scenario of SCENARIOS) {
      await worlds(scenario, context);
      // A small run leaves this to tests/simulation/mutants.test.ts, which CI runs as well.
      if (context.scale === 1) await withoutGuards(scenario, context);
    }
  },
};

async function printWorld(scenario: Scenario, seed: number): Promise<void> {
  const { trace, violations } = await simulate(scenario, seed);
  console.log(trace());
  claim.nothing("this seed's world ends in balance", violations);
}

const add = (counts: Map<string, number>, name: string, count: number): void =>
  void counts.set(name, (counts.get(name) ?? 0) + count);

async function worlds(scenario: Scenario, { sized, figure: print }: Context): Promise<void> {
  const figure = (name: string, value: string | number) => print(`${scenario.rail}: ${name}`, value);
  const ends = new Map<string, number>();
  const faults = new Map<string, number>();
  let events = 0;
  let seeds = 0;
  let payments = 0;
  const started = performance.now();
  const violated = await findFailingSeed(scenario, firstSeeds(sized(SEEDS)), undefined, (result) => {
    seeds += 1;
    payments += result.ends.length;
    events += result.events;
    for (const end of result.ends) add(ends, end, 1);
    for (const [fault, count] of result.faults) add(faults, fault, count);
  });
  figure("seeds", seeds);
  figure("payments", payments);
  figure("seeds per second", Math.round((seeds * 1000) / (performance.now() - started)));
  figure("events", events);
  for (const [end, count] of [...ends].sort()) figure(`end: ${end}`, count);
  for (const [fault, count] of [...faults].sort()) figure(`fault: ${fault}`, count);
  claim.nothing(
    `every world of the ${scenario.rail} rail ends in balance, or parked with a reason`,
    violated ? [`seed ${violated.seed}: ${violated.violations.join("; ")}\n${violated.trace()}`] : [],
  );
}

async function withoutGuards(scenario: Scenario, { figure }: Context): Promise<void> {
  for (const mutant of scenario.mutants) {
    const found = await findFailingSeed(scenario, seedsFor(scenario.rail, mutant.name), mutant);
    figure(
      `${scenario.rail} without: ${mutant.name}`,
      found ? `seed ${found.seed}: ${found.violations[0]}` : "not missed",
    );
    claim.equal(`the ${scenario.rail} rail misses the guard: ${mutant.name}`, found !== undefined, true);
  }
}
