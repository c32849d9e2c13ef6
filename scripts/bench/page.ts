// docs/performance.md: a person writes its text, and `make bench PAGE=docs/performance.md` writes
// its tables and its picture, from what it measured and from the committed counts. What it measured
// is kept in figures.json; sections that were not run stay as they are. A test compares all three.
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { countersOf, invocations, RAILS, sdkCalls } from "../capacity/costs.ts";
import { bill } from "../capacity/prices.ts";
import { point, withTables } from "../lib/markdown.ts";
import { distance, limitTable, whyNoLess } from "./limit.ts";
import { byPart } from "./load.ts";
import { memoryTable } from "./memory.ts";
import { largest, type Panel, pictureOf } from "./picture.ts";
import type { Result, Run } from "./result.ts";
import { tablesOf } from "./tables.ts";

const FIGURES = "scripts/bench/figures.json";
const PICTURE = "docs/performance.svg";

export const readFigures = (root: string): Result =>
  JSON.parse(readFileSync(join(root, FIGURES), "utf8")) as Result;

export function keepPage(root: string, page: string, measured: Result): void {
  const figures = { ...readFigures(root), ...measured };
  writeFileSync(join(root, FIGURES), `${JSON.stringify(figures, undefined, 2)}\n`);
  writeFileSync(join(root, page), withTables(readFileSync(join(root, page), "utf8"), pageTables(figures)));
  writeFileSync(join(root, PICTURE), pictureOf(panelsOf(figures)));
}

const runLine = (name: string, { at, node, cpus, scale, commits }: Run): string => {
  const trees = [commits.before && `before: ${commits.before}`, `commit ${commits.after}`];
  const size = scale === 1 ? "" : `, at ${scale} of its size`;
  return point(
    `**${name}:** ${at.slice(0, 10)}, ${cpus} cores, Node ${node}${size}, ${trees.filter(Boolean).join(", ")}`,
  );
};

export const pageTables = (figures: Result): Record<string, string> => ({
  limit: [limitTable(), whyNoLess(), ...RAILS.map(distanceLine)].join("\n\n"),
  ...Object.fromEntries(
    Object.entries(figures).map(([section, { found }]) => [
      section,
      tablesOf(section as keyof Result, found as never).join("\n\n"),
    ]),
  ),
  ...(figures.warm ? { memory: memoryTable(figures.warm.found) } : {}),
  runs: Object.entries(figures)
    .map(([section, { run }]) => runLine(section, run))
    .join("\n"),
});

const distanceLine = (rail: (typeof RAILS)[number]): string =>
  `A ${rail} payment makes ${sdkCalls(countersOf(rail)).toFixed(1)} SDK calls, ${distance(rail).toFixed(1)} times the least.`;

/** Where the money goes, and where the CPU goes: in AWS by function, on a laptop by part. */
export function panelsOf({ warm, calls }: Result): Panel[] {
  const money: Panel = {
    title: "A million payments in AWS",
    unit: "$",
    digits: 0,
    bars: RAILS.map((rail) => ({
      name: rail,
      parts: largest(Object.fromEntries(bill(rail).map(({ what, dollars }) => [what, dollars])), 8),
    })),
  };
  const functions: Panel = {
    title: "Warm functions, per payment",
    unit: "CPU-ms",
    digits: 1,
    bars: RAILS.map((rail) => ({
      name: rail,
      parts: Object.fromEntries(
        invocations(rail).map(([name, times]) => [name, times * (warm?.found[name]?.warm ?? 0)]),
      ),
    })),
  };
  const laptop: Panel = {
    title: "A payment on a laptop, 20 at a time, cold code and all",
    unit: "CPU-s",
    digits: 2,
    bars: RAILS.flatMap((rail) =>
      Object.entries(calls?.found ?? {}).map(([name, loads]) => ({
        name: `${rail}, ${name}`,
        parts: byPart(loads[rail].cpu),
      })),
    ),
  };
  return [money, ...(warm ? [functions] : []), ...(calls ? [laptop] : [])];
}
