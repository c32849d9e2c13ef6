// Tests run here as in jest: in their order, between their hooks.
import { describe, expect, it } from "@jest/globals";
import type { Block, Test } from "./jest-globals.ts";
import { runTests, testsOf } from "./run-tests.ts";

/** Two blocks in each other, each with its hooks and tests, and what ran of them. */
function given() {
  const ran: string[] = [];
  const note = (name: string) => () => void ran.push(name);
  const fails: Test = {
    title: "fails",
    run: () => {
      ran.push("fails");
      throw new Error("no");
    },
  };
  const inner: Block = {
    before: [note("inner before")],
    beforeEach: [note("inner each")],
    after: [note("inner after")],
    children: [fails, { title: "last", run: note("last") }],
  };
  const outer: Block = {
    before: [note("before")],
    beforeEach: [note("each")],
    after: [note("after")],
    children: [{ title: "first", run: note("first") }, inner],
  };
  const run = (wanted: string[], stops: boolean) =>
    runTests(outer, {
      wanted: ({ title }) => wanted.includes(title),
      starts: () => undefined,
      failed: () => stops,
    });
  return { ran, run, outer };
}

describe("tests that were collected", () => {
  it("run in their order, with the hooks of all blocks around them", async () => {
    const { ran, run, outer } = given();
    expect(testsOf(outer).map(({ title }) => title)).toEqual(["first", "fails", "last"]);
    expect(await run(["first", "last"], false)).toBe(false);
    const inner = ["inner before", "each", "inner each", "last", "inner after"];
    expect(ran).toEqual(["before", "each", "first", ...inner, "after"]);
  });

  it("end at the first that fails where that is wanted, and clear up behind it", async () => {
    const { ran, run } = given();
    expect(await run(["fails", "last"], true)).toBe(true);
    expect(ran.slice(-3)).toEqual(["fails", "inner after", "after"]);
    expect(ran).not.toContain("last");
  });

  it("go on after one that fails where that is wanted", async () => {
    const { ran, run } = given();
    expect(await run(["fails", "last"], false)).toBe(false);
    expect(ran).toContain("last");
  });

  it("begin no block of which none is wanted", async () => {
    const { ran, run } = given();
    await run(["first"], false);
    expect(ran).not.toContain("inner before");
  });
});
