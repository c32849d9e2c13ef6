// What each function weighs and takes: its zip, a cold start and a warm event, each CPU as a ratio
// to that of a handler which does nothing, in the same run.
import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { initTimeOf } from "../bundles/init-time.ts";
import { type OwnStack, startStack } from "../lib/own-stack.ts";
import type { FunctionEntry } from "../local/lambda/catalog.ts";
import { BenchClient } from "./client.ts";
import type { Metered } from "./thread-meter.ts";
import { tour } from "./tour.ts";
import { bundleOf, type Tree, zipsOf } from "./trees.ts";
import type { Both } from "./turns.ts";

/** Of one function: kilobytes, milliseconds of CPU of a process that loads it, and the ratio. */
export type Weight = { zip: number; cold: number; ratio: number };
/**
 * Milliseconds of CPU in an environment's thread. `ratio`: warm, to one that does nothing. `calls`
 * of AWS and `asked` of a provider: of a warm event, on average.
 */
export type Warm = {
  loading: number;
  first: number;
  warm: number;
  ratio: number;
  calls: number;
  asked: number;
  events: number;
};

const EMPTY = "exports.handler = async () => ({});\n";
/** Events of an environment before V8 has compiled what they need. */
const WARM_AFTER = 10;
/**
 * The clock of the tour's stack goes faster: waits are shorter and work is the same. The timeouts
 * of functions are shorter too, so a busy machine bears no more than this.
 */
const TIME_SCALE = 4;

const manifestOf = ({ root }: Tree): { functions: Record<string, FunctionEntry> } =>
  JSON.parse(readFileSync(join(root, "functions/manifest.json"), "utf8"));

/** Zips and cold starts. All trees and the empty one are loaded in turns, function by function. */
export function weigh(
  trees: readonly Tree[],
  runs: number,
  tell: (line: string) => void,
): Both<Record<string, Weight>> {
  const folder = mkdtempSync(join(tmpdir(), "contra-empty-"));
  const empty = join(folder, "index.cjs");
  writeFileSync(empty, EMPTY);
  const weights = new Map<Tree["name"], Record<string, Weight>>(trees.map(({ name }) => [name, {}]));
  try {
    for (const tree of trees)
      for (const [name, zip] of Object.entries(zipsOf(tree))) {
        const entry = manifestOf(tree).functions[name];
        if (!entry) throw new Error(`the manifest has no function ${name}`);
        const nothing = initTimeOf(name, entry, empty, runs).cpu;
        const cold = initTimeOf(name, entry, bundleOf(tree, name), runs).cpu;
        const weight = { zip, cold, ratio: cold / nothing };
        Object.assign(weights.get(tree.name) ?? {}, { [name]: weight });
        tell(`${tree.name} ${name}: ${weight.ratio.toFixed(2)}`);
      }
  } finally {
    rmSync(folder, { recursive: true });
  }
  const [before, after] = [weights.get("before"), weights.get("after") ?? {}];
  return { ...(before ? { before } : {}), after };
}

/** Warm events: a stack whose functions are metered, and traffic that comes by each of them. */
export async function warmUp(
  tree: Tree,
  rounds: number,
  tell: (line: string) => void,
): Promise<Record<string, Warm>> {
  const folder = mkdtempSync(join(tmpdir(), "contra-meter-"));
  const file = join(folder, "metered.jsonl");
  let stack: OwnStack | undefined;
  try {
    stack = await startStack({
      timeScale: TIME_SCALE,
      root: tree.root,
      env: meteredSettings(tree, folder, file),
    });
    const client = new BenchClient(stack.url);
    for (let round = 1; round <= rounds; round++) {
      const left = await tour(stack, client, round);
      tell(`round ${round} of ${rounds}${left > 0 ? `, ${left} payments had not ended` : ""}`);
    }
    return warmOf(readFileSync(file, "utf8"));
  } finally {
    await stack?.stop();
    rmSync(folder, { recursive: true, force: true });
  }
}

/** The bundles and the manifest with one function more, which does nothing. */
function meteredSettings(tree: Tree, folder: string, file: string): NodeJS.ProcessEnv {
  const { functions, ...rest } = manifestOf(tree);
  const empty = { ...functions["check-health"], description: "Does nothing.", routes: [], access: {} };
  const manifest = join(folder, "manifest.json");
  writeFileSync(manifest, JSON.stringify({ ...rest, functions: { ...functions, empty } }));
  const bundles = join(folder, "functions");
  cpSync(join(tree.root, "dist/functions"), bundles, { recursive: true });
  mkdirSync(join(bundles, "empty"));
  writeFileSync(join(bundles, "empty", "index.js"), EMPTY);
  const meter = new URL("thread-meter.ts", import.meta.url).href;
  return {
    CONTRA_MANIFEST: manifest,
    CONTRA_BUNDLES: bundles,
    CONTRA_TABLES: "memory",
    NODE_OPTIONS: `--disable-warning=ExperimentalWarning --import=${meter}`,
    BENCH_METER: file,
  };
}

export function warmOf(lines: string): Record<string, Warm> {
  const metered = lines
    .trim()
    .split("\n")
    .map((line) => JSON.parse(line) as Metered);
  const of = (name: string, is: (event: number) => boolean): Metered[] =>
    metered.filter((one) => one.name === name && is(one.event));
  const names = [...new Set(metered.map(({ name }) => name))].sort();
  const warmest = (name: string): Metered[] => {
    const all = of(name, (event) => event > WARM_AFTER);
    // One that was rarely called: its last half.
    return all.length > 0 ? all : of(name, (event) => event > 0).slice(-Math.ceil(WARM_AFTER / 2));
  };
  const nothing = medianMs(warmest("empty"));
  return Object.fromEntries(
    names.map((name) => {
      const last = warmest(name);
      const warm = medianMs(last);
      return [
        name,
        {
          loading: medianMs(of(name, (event) => event === 0)),
          first: medianMs(of(name, (event) => event === 1)),
          warm,
          ratio: warm / nothing,
          calls: mean(last.map(({ calls }) => calls)),
          asked: mean(last.map(({ asked }) => asked)),
          events: of(name, (event) => event > 0).length,
        },
      ];
    }),
  );
}

const medianMs = (all: readonly Metered[]): number =>
  all.map(({ ms }) => ms).toSorted((one, other) => one - other)[Math.floor(all.length / 2)] ?? 0;

const mean = (all: readonly number[]): number =>
  all.reduce((sum, one) => sum + one, 0) / Math.max(1, all.length);
