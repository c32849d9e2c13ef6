// What make bench reckons from what it measured.
import { describe, expect, it } from "@jest/globals";
import { warmOf } from "../../../../scripts/bench/functions.ts";
import { distance, LEAST } from "../../../../scripts/bench/limit.ts";
import { byPart } from "../../../../scripts/bench/load.ts";
import { memoryFor, wronglySized } from "../../../../scripts/bench/memory.ts";
import { largest, pictureOf } from "../../../../scripts/bench/picture.ts";
import { rounded } from "../../../../scripts/bench/result.ts";
import { byTurns, middleOf } from "../../../../scripts/bench/turns.ts";

const tree = (name: "before" | "after") => ({ name, root: "/", commit: "c" });

describe("trees that are measured by turns", () => {
  it("come one after the other, turn by turn, and the middle of each stands", async () => {
    const order: string[] = [];
    const found = await byTurns([tree("before"), tree("after")], 3, async ({ name }, turn) => {
      order.push(`${name} ${turn}`);
      return { ms: name === "before" ? [30, 10, 20][turn - 1] : turn };
    });
    expect(order).toEqual(["before 1", "after 1", "before 2", "after 2", "before 3", "after 3"]);
    expect(found).toEqual({ before: { ms: 20 }, after: { ms: 2 } });
  });

  it("are one tree where there is none before", async () => {
    expect(await byTurns([tree("after")], 1, async () => ({ ms: 1 }))).toEqual({ after: { ms: 1 } });
  });

  it("count nothing where a turn never touched a counter", () => {
    expect(middleOf([{ a: 1, retries: 5 }, { a: 3 }, { a: 2 }])).toEqual({ a: 2, retries: 0 });
  });
});

describe("what a payment takes at the least", () => {
  const least = (rail: "card" | "stablecoin") => LEAST.map((one) => one.least(rail));

  it("follows from its saga: states, provider calls, writes", () => {
    expect(least("card").slice(0, 3)).toEqual([5, 2, 8]);
    expect(least("stablecoin").slice(0, 3)).toEqual([6, 2, 9]);
  });

  it.each(["card", "stablecoin"] as const)("is less than what was counted of a %s payment", (rail) => {
    expect(distance(rail)).toBeGreaterThan(1);
  });
});

describe("the CPU of a stack", () => {
  it("is told by parts, and nothing of it is lost", () => {
    const cpu = { lambda: 1, "DynamoDB Local (Java)": 2, dynamodb: 4, "api-gateway": 8, supervisor: 16 };
    expect(byPart(cpu)).toEqual({ functions: 1, "DynamoDB Local": 2, "its proxy": 4, "the rest": 24 });
  });
});

describe("metered events", () => {
  const line = (name: string, event: number, ms: number, calls = 0, asked = 0) =>
    JSON.stringify({ name, event, ms, calls, asked });

  it("are warm after ten of one environment, and those of a rare function are its last", () => {
    const often = Array.from({ length: 15 }, (_, event) => line("often", event, event > 10 ? 2 : 50));
    const empty = Array.from({ length: 15 }, (_, event) => line("empty", event, 0.5));
    const rare = [line("rare", 0, 90), line("rare", 1, 40), line("rare", 2, 8)];
    const found = warmOf([...often, ...empty, ...rare, ""].join("\n"));
    expect(found.often).toEqual({
      loading: 50,
      first: 50,
      warm: 2,
      ratio: 4,
      calls: 0,
      asked: 0,
      events: 14,
    });
    expect(found.rare).toMatchObject({ loading: 90, first: 40, events: 2 });
  });
});

describe("the memory of a function", () => {
  const warm = { loading: 0, first: 0, warm: 5, ratio: 1, calls: 3, asked: 0, events: 20 };
  const fn = { memory_mb: 512 };

  it.each([
    [5, 256],
    [10, 512],
    [20, 1024],
    [50, 1024],
  ])("is the least that keeps nobody waiting for %d ms of CPU", (ms, memory) => {
    expect(memoryFor({ ...warm, warm: ms }, fn)).toBe(memory);
  });

  it("is little where nobody waits", () => {
    expect(memoryFor({ ...warm, warm: 50 }, { ...fn, stream: {} })).toBe(256);
    expect(memoryFor({ ...warm, warm: 70 }, { ...fn, stream: {} })).toBe(512);
  });

  it("is told where the manifest has another", () => {
    expect(wronglySized({ "post-ledger": { ...warm, warm: 500 } })).toEqual([
      expect.stringMatching(/^post-ledger has \d+ MB and needs 1024$/),
    ]);
  });
});

describe("a picture", () => {
  it("shows every part, names it once, and lets light and dark read it", () => {
    const bars = [
      { name: "a <b>", parts: { reads: 1, writes: 3 } },
      { name: "c", parts: { writes: 2 } },
    ];
    const svg = pictureOf([{ title: "Calls", unit: "per payment", digits: 1, bars }]);
    expect(svg).toContain("a &lt;b&gt;");
    expect(svg.match(/<title>/g)).toHaveLength(1 + 4);
    expect(svg.match(/>writes</g)).toHaveLength(1);
    expect(svg).toContain("prefers-color-scheme: dark");
  });

  it("has one colour for all that is small", () => {
    expect(largest({ a: 5, b: 1, c: 9, d: 2 }, 2)).toEqual({ c: 9, a: 5, others: 3 });
  });
});

it("figures have four digits", () => {
  expect(rounded({ a: 1.23456, b: { c: 123_456 }, d: "text" })).toEqual({
    a: 1.235,
    b: { c: 123_500 },
    d: "text",
  });
});
