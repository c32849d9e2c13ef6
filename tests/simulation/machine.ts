// The real machine, state by state in virtual time: its own retries and catches, full jitter from
// the seed. Only what a saga's machine uses is interpreted.
// A test holds it against the local engine.
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { machinesOf } from "../../scripts/build/render-machines.ts";
import { type Definition, retrierFor, type State } from "../../scripts/local/step-functions/definition.ts";

const ROOT = join(import.meta.dirname, "..", "..");
const readJson = (path: string): unknown => JSON.parse(readFileSync(join(ROOT, path), "utf8"));

const machines = machinesOf(ROOT);
export function readMachine(name: string): Definition {
  const text = machines.get(name);
  if (text === undefined) throw new Error(`there is no statemachines/${name}.asl.yaml`);
  return JSON.parse(text) as Definition;
}

type Functions = { functions: Record<string, { timeout_seconds: number }> };
const { functions } = readJson("functions/manifest.json") as Functions;
/** How long a function may live, in milliseconds. */
export const lifeOf = (name: string): number => (functions[name]?.timeout_seconds ?? 0) * 1000;

/** `${functions.post-ledger}` → `post-ledger` */
export const functionOf = (state: State): string =>
  (state.Resource ?? "").slice("${functions.".length, -"}".length);

/**
 * The machine with no more retries of its forward states than that: how soon it gives up may not
 * matter to what is right.
 */
export function impatient(definition: Definition, forward: readonly string[], patience: number): Definition {
  if (patience === Number.POSITIVE_INFINITY) return definition;
  const copy = structuredClone(definition);
  for (const name of forward)
    for (const retrier of copy.States[name]?.Retry ?? [])
      retrier.MaxAttempts = Math.min(retrier.MaxAttempts ?? patience, patience);
  return copy;
}

/** What the machine sees of a failed task. */
export class TaskFailed extends Error {
  constructor(name: string) {
    super(name);
    this.name = name;
  }
}

export type Host = {
  /** Runs the state's function once; rejects with TaskFailed. */
  invoke: (name: string, state: State) => Promise<void>;
  wait: (milliseconds: number) => Promise<void>;
  random: () => number;
  entered?: (name: string) => void;
};
export type Ended = { status: "SUCCEEDED" | "FAILED"; state: string; error?: string };

/**
 * Runs from a state to the end: the start, or where a failed execution is redriven, with its
 * retries counted anew.
 */
export async function runMachine(definition: Definition, from: string, host: Host): Promise<Ended> {
  let name = from;
  for (;;) {
    const state = definition.States[name];
    if (!state) throw new Error(`there is no state ${name}`);
    host.entered?.(name);
    if (state.Type === "Succeed") return { status: "SUCCEEDED", state: name };
    const error = await tryTask(name, state, host);
    const caught = error ? state.Catch?.find(({ ErrorEquals }) => ErrorEquals.includes(error)) : undefined;
    if (error && !caught) return { status: "FAILED", state: name, error };
    if (!caught && state.End) return { status: "SUCCEEDED", state: name };
    name = caught?.Next ?? state.Next ?? "";
  }
}

/** The error that no retrier took, or undefined when the task succeeded. */
async function tryTask(name: string, state: State, host: Host): Promise<string | undefined> {
  const attempts: number[] = [];
  for (;;) {
    try {
      await host.invoke(name, state);
      return undefined;
    } catch (error) {
      if (!(error instanceof TaskFailed)) throw error;
      const index = retrierFor(state, error.name, attempts);
      if (index === undefined) return error.name;
      const { IntervalSeconds = 1, BackoffRate = 2, MaxDelaySeconds } = state.Retry?.[index] ?? {};
      const used = attempts[index] ?? 0;
      const longest = Math.min(IntervalSeconds * BackoffRate ** used, MaxDelaySeconds ?? Infinity);
      attempts[index] = used + 1;
      await host.wait(host.random() * longest * 1000);
    }
  }
}
