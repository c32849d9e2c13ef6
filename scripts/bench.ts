// `make bench`: what a payment takes of calls, CPU, time, memory and money, and how it grows. It
// prints tables and writes dist/bench.json. ONLY=<names> runs some sections, SCALE=0.1 a tenth of
// each, BEFORE=<commit> measures that commit beside this one, by turns. PAGE=docs/performance.md
// also writes the page, its picture and the figures that they are made of; with ONLY=page it writes
// them anew from what was measured before.
import { existsSync, mkdirSync, writeFileSync } from "node:fs";
import { availableParallelism } from "node:os";
import { dirname, join } from "node:path";
import { keepPage } from "./bench/page.ts";
import { type Found, type Result, type Run, rounded, SECTIONS, type Section } from "./bench/result.ts";
import { measure } from "./bench/sections.ts";
import { tablesOf } from "./bench/tables.ts";
import { type Tree, thisTree, treeOf } from "./bench/trees.ts";

const root = dirname(import.meta.dirname);
const { ONLY = "", BEFORE = "", PAGE = "" } = process.env;
const scale = Number(process.env.SCALE || "1");
const named = ONLY === "" ? SECTIONS : (ONLY.split(",") as Section[]);
/** `page` measures nothing. */
const wanted = named.filter((name) => (name as string) !== "page");
const unknown = wanted.filter((name) => !SECTIONS.includes(name));
if (unknown.length > 0) {
  console.error(`no section is called ${unknown.join(", ")}; there are ${SECTIONS.join(", ")}`);
  process.exit(1);
}
if (!existsSync("/proc/self/stat")) {
  console.error("make bench reads CPU from Linux's /proc, which is not here");
  process.exit(1);
}

const began = performance.now();
/** On stderr, so that the tables alone can be kept. */
const tell = (line: string): void => {
  const seconds = Math.round((performance.now() - began) / 1000);
  console.error(`${String(seconds).padStart(5)} s  ${line}`);
};

const older = BEFORE === "" ? undefined : treeOf(BEFORE);
const trees: Tree[] = [...(older ? [older.tree] : []), thisTree()];
const run: Run = {
  at: new Date().toISOString(),
  node: process.version,
  cpus: availableParallelism(),
  scale,
  commits: Object.fromEntries(trees.map(({ name, commit }) => [name, commit])),
};
const file = join(root, "dist/bench.json");
let result: Result = {};
try {
  for (const section of wanted) {
    tell(section);
    const asked = { trees, scale, tell: (line: string) => tell(`${section}: ${line}`) };
    const found = rounded(await measure[section](asked)) as Found[typeof section];
    console.log(`\n${tablesOf(section, found as never).join("\n\n")}\n`);
    result = { ...result, [section]: { run, found } };
    // After each: a run that ends early has kept what it has.
    mkdirSync(dirname(file), { recursive: true });
    writeFileSync(file, `${JSON.stringify(result, undefined, 2)}\n`);
  }
  if (wanted.length > 0) tell(`written to ${file}`);
  if (PAGE) keepPage(root, PAGE, result);
} finally {
  older?.remove();
}
