// Runs some of the tests that were collected, in their order and with the hooks around them.
import type { Block, Test } from "./jest-globals.ts";

export type Failed = { test: Test; error: unknown };
type Options = {
  wanted: (test: Test) => boolean;
  starts: (test: Test) => void;
  /** True: the others are not run. */
  failed: (failure: Failed) => boolean;
};

const isTest = (child: Block | Test): child is Test => "run" in child;
export const testsOf = (block: Block): Test[] =>
  block.children.flatMap((child) => (isTest(child) ? [child] : testsOf(child)));

/** True when it was told to stop. A hook that fails is no test's failure: it is thrown. */
export async function runTests(
  block: Block,
  options: Options,
  outer: Block["beforeEach"] = [],
): Promise<boolean> {
  if (!testsOf(block).some(options.wanted)) return false;
  const beforeEach = [...outer, ...block.beforeEach];
  try {
    for (const hook of block.before) await hook();
    for (const child of block.children) {
      const stops = isTest(child)
        ? options.wanted(child) && (await runTest(child, options, beforeEach))
        : await runTests(child, options, beforeEach);
      if (stops) return true;
    }
    return false;
  } finally {
    for (const hook of block.after) await hook();
  }
}

async function runTest(
  test: Test,
  { starts, failed }: Options,
  beforeEach: Block["beforeEach"],
): Promise<boolean> {
  starts(test);
  for (const hook of beforeEach) await hook();
  try {
    await test.run();
    return false;
  } catch (error) {
    return failed({ test, error });
  }
}
