// The tests of the stores on DynamoDB Local, in this process: all of them with every condition in
// place, or those that meet a condition until one of them misses it.
import { readdirSync } from "node:fs";
import { join } from "node:path";
import type { ConditionalWrites } from "./conditional-writes.ts";
import { type Block, collect, type Test } from "./jest-globals.ts";
import { nameOf, type Place } from "./place.ts";
import { type Failed, runTests } from "./run-tests.ts";

const TESTS = join(import.meta.dirname, "../../integration/stores");

/** Of the tests that met a condition so many are tried first, and then as many as this. */
const FEW = 8;
const MORE = 40;

/** A condition of a write, with the tests that met it: those first that wrote least. */
export type Met = Place & { tests: Test[] };

export class Suites {
  private readonly blocks: Block[];
  private readonly writes: ConditionalWrites;

  private constructor(blocks: Block[], writes: ConditionalWrites) {
    this.blocks = blocks;
    this.writes = writes;
  }

  static async collect(writes: ConditionalWrites): Promise<Suites> {
    const files = readdirSync(TESTS).filter((name) => name.endsWith(".test.ts"));
    const blocks: Block[] = [];
    for (const file of files) blocks.push(await collect(() => import(join(TESTS, file))));
    return new Suites(blocks, writes);
  }

  /** Every test once: what failed, and which conditions were met. */
  async runAll(): Promise<{ ran: number; failed: Failed[]; met: Met[] }> {
    const failed: Failed[] = [];
    const met = new Map<string, Place & { by: Set<Test> }>();
    const sent = new Map<Test, number>();
    let current: Test | undefined;
    this.writes.seen = (place) => {
      if (!current) return;
      const one = met.get(nameOf(place)) ?? { ...place, by: new Set<Test>() };
      met.set(nameOf(place), { ...one, by: one.by.add(current) });
      sent.set(current, (sent.get(current) ?? 0) + 1);
    };
    let ran = 0;
    await this.run({
      wanted: () => true,
      starts: (test) => {
        current = test;
        ran += 1;
      },
      failed: (failure) => {
        failed.push(failure);
        return false;
      },
    });
    this.writes.seen = () => undefined;
    const byCost = (one: Test, other: Test): number => (sent.get(one) ?? 0) - (sent.get(other) ?? 0);
    const all = [...met.values()].map(({ by, ...place }) => ({
      ...place,
      tests: withoutTwins([...by]).sort(byCost),
    }));
    return { ran, failed, met: all };
  }

  /** The test that misses the condition: the one that is named, or the first that does. */
  async misses({ tests, ...place }: Met, named: string | undefined): Promise<Test | undefined> {
    const known = tests.filter(({ title }) => title === named);
    const chunks = [known, tests.slice(0, FEW), tests.slice(FEW, MORE), tests.slice(MORE)];
    for (const chunk of chunks) {
      const miss = await this.firstToMiss(new Set(chunk), nameOf(place));
      if (miss) return miss;
    }
    return undefined;
  }

  /** One that fails by itself too, with every condition in place, has missed nothing. */
  private async firstToMiss(tests: Set<Test>, name: string): Promise<Test | undefined> {
    const failure = await this.firstFailure(tests, name);
    if (!failure) return undefined;
    const { test } = failure;
    if (!(await this.firstFailure(new Set([test]), undefined))) return test;
    tests.delete(test);
    return this.firstToMiss(tests, name);
  }

  private async firstFailure(tests: Set<Test>, without: string | undefined): Promise<Failed | undefined> {
    let failure: Failed | undefined;
    this.writes.without = without;
    await this.run({
      wanted: (test) => !failure && tests.has(test),
      starts: () => undefined,
      failed: (one) => {
        failure = one;
        return true;
      },
    });
    this.writes.without = undefined;
    return failure;
  }

  private async run(options: Parameters<typeof runTests>[1]): Promise<void> {
    for (const block of this.blocks) await runTests(block, options);
  }
}

/** A suite that runs on more than one DynamoDB has the same tests: the plainest says it. */
function withoutTwins(tests: Test[]): Test[] {
  const byTitle = new Map<string, Test>();
  for (const test of tests.sort((one, other) => other.title.length - one.title.length))
    byTitle.set(test.title.replace(/^[^:]*: /, ""), test);
  return [...byTitle.values()];
}
