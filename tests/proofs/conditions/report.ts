// The worker of the proof `store-conditions`: it finds every condition, takes each out in turn, and
// tells who missed it. A worker, because it replaces the client of DynamoDB and the methods of the
// stores for everybody in its process.
import { registerHooks } from "node:module";
import { pathToFileURL } from "node:url";
import { parentPort, workerData } from "node:worker_threads";
import { nameOf, type Place } from "./place.ts";
import { Coverage, sourcesOfConditions, sourcesOfStores } from "./unmet.ts";

/** By the name of a condition the test that is known to miss it. */
export type Known = Record<string, string>;
/**
 * What the worker is asked: which conditions to take out, by their share and by what their names
 * hold (`Directory,putPolicy`; all, where it is empty), and whom to try first.
 */
export type Order = { share: { of: number; number: number }; named: string; known: Known };
/** A condition, and the title of the test that misses it; none where nobody does. */
export type Row = Place & { missedBy?: string };
export type Report = {
  /** How many tests ran while every condition was in place, and which of them failed. */
  ran: number;
  failed: string[];
  rows: Row[];
  /** What a test would have to meet and none does. */
  unmet: string[];
  /** Commands that DynamoDB could not read once a part was out. */
  unreadable: string[];
};

/** Lives of each rail: with so many every guard of every step has come up. */
const LIVES = 100;

async function report({ share, named, known }: Order): Promise<Report> {
  // Before anything that it shall see is loaded.
  const coverage = await Coverage.begin();
  const sources = sourcesOfConditions();
  const { writes, suites } = await prepared();
  const { ran, failed, met } = await suites.runAll();
  // Before the simulation runs the same sources.
  const unrun = await coverage.end(sources);
  const { conditionsOfSagas } = await import("./simulated-guards.ts");
  const names = new Set(met.map(nameOf));
  const unsent = [...(await conditionsOfSagas(LIVES))].filter((name) => !names.has(name));
  const rows: Row[] = [];
  const wanted = met.filter((one) => named.split(",").some((name) => nameOf(one).includes(name)));
  for (const one of wanted.filter((_, index) => index % share.of === share.number)) {
    const test = await suites.misses(one, known[nameOf(one)]);
    const { write, part } = one;
    rows.push({ write, part, ...(test ? { missedBy: test.title } : {}) });
  }
  return {
    ran,
    failed: failed.map(({ test, error }) => `${test.title}: ${error}`),
    rows,
    unmet: [...unrun, ...unsent.map((name) => `a saga asks for ${name}`)],
    unreadable: writes.unreadable,
  };
}

/** The tests of the stores and what they send, in a process made for both. */
async function prepared() {
  const globals = pathToFileURL(`${import.meta.dirname}/jest-globals.ts`).href;
  registerHooks({
    resolve: (specifier, context, next) =>
      specifier === "@jest/globals" ? { url: globals, shortCircuit: true } : next(specifier, context),
  });
  await import("../../support/function-environment.ts");
  const { ConditionalWrites, nameMethods } = await import("./conditional-writes.ts");
  for (const { path } of sourcesOfStores())
    for (const exported of Object.values((await import(path)) as Record<string, unknown>))
      if (isStore(exported)) nameMethods(exported);
  const writes = new ConditionalWrites();
  writes.install();
  const { default: announceDatabase } = await import("../../support/shared-database.ts");
  await announceDatabase();
  const { Suites } = await import("./suites.ts");
  return { writes, suites: await Suites.collect(writes) };
}

const isStore = (exported: unknown): exported is { name: string; prototype: object } =>
  typeof exported === "function" && String(exported).startsWith("class ");

parentPort?.postMessage(await report(workerData as Order));
