// Twenty thousand lives of one payment in virtual time, and what the same runs say of a system that lacks one of its guards.
// It needs no stack. `SEED=17 make prove ONLY=simulation` tells one life.
import { hunt } from "../simulation/hunt.ts";
import { MUTANTS } from "../simulation/mutants.ts";
import { simulate } from "../simulation/simulate.ts";
import { assert, type Context, type Proof } from "./lib/proof.ts";

const SEEDS = 20_000;
/** A mutant that none of so many runs shows is one that the simulation cannot see. */
const MOST_SEEDS_FOR_A_MUTANT = 20_000;

export const proof: Proof = {
  claim: `${SEEDS} simulated payments end in balance or parked with a reason, and every missing guard is missed`,
  stack: "none",
  async run(context) {
    const { SEED } = process.env;
    if (SEED !== undefined) return tell(Number(SEED));
    await lives(context);
    await withoutGuards(context);
  },
};

async function tell(seed: number): Promise<void> {
  const { story, violations } = await simulate(seed);
  console.log(story());
  assert.deepEqual(violations, []);
}

const add = (counts: Map<string, number>, name: string, count: number): void =>
  void counts.set(name, (counts.get(name) ?? 0) + count);

async function lives({ sized, figure }: Context): Promise<void> {
  const ends = new Map<string, number>();
  const faults = new Map<string, number>();
  let events = 0;
  let seeds = 0;
  const started = performance.now();
  const violated = await hunt(sized(SEEDS), undefined, (result) => {
    seeds += 1;
    events += result.events;
    add(ends, result.end, 1);
    for (const [fault, count] of result.faults) add(faults, fault, count);
  });
  figure("seeds", seeds);
  figure("seeds per second", Math.round((seeds * 1000) / (performance.now() - started)));
  figure("events", events);
  for (const [end, count] of [...ends].sort()) figure(`end: ${end}`, count);
  for (const [fault, count] of [...faults].sort()) figure(`fault: ${fault}`, count);
  assert.ok(
    !violated,
    `seed ${violated?.seed} violates: ${violated?.violations.join("; ")}\n${violated?.story()}`,
  );
}

async function withoutGuards({ figure }: Context): Promise<void> {
  for (const mutant of MUTANTS) {
    const found = await hunt(MOST_SEEDS_FOR_A_MUTANT, mutant);
    figure(`without: ${mutant.name}`, found ? `seed ${found.seed}: ${found.violations[0]}` : "not missed");
    assert.ok(found, `nothing shows that the guard is gone: ${mutant.name}`);
  }
}
