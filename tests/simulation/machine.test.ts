// The simulation's own interpreter against the local engine: the same ASL file, the same errors,
// the same way.
import { describe, expect, it } from "@jest/globals";
import {
  readMachine as readForEngine,
  runMachine as runInEngine,
  type Script,
} from "../support/run-machine.ts";
import { namedErrors, scriptsToReach, tasksOf } from "../workflows/paths.ts";
import { functionOf, impatient, readMachine, runMachine, TaskFailed } from "./machine.ts";

const NAME = "card-payment";
const definition = readMachine(NAME);

/** The states entered and the ending, with the tasks' outcomes scripted as for the engine. */
async function wayOf(script: Script): Promise<string[]> {
  const way: string[] = [];
  const turns = new Map<string, number>();
  const ended = await runMachine(definition, definition.StartAt, {
    invoke: async (state) => {
      const turn = turns.get(state) ?? 0;
      turns.set(state, turn + 1);
      const outcome = script[state]?.[turn] ?? script[state]?.at(-1) ?? "ok";
      if (outcome !== "ok") throw new TaskFailed(outcome);
    },
    wait: async () => undefined,
    random: () => 0.5,
    entered: (state) => way.push(state),
  });
  const invocations = [...turns.values()].reduce((sum, count) => sum + count, 0);
  return [...way, ended.status, ended.error ?? "", `${invocations} invocations`];
}

async function engineWayOf(script: Script): Promise<string[]> {
  const { visits, ending, payloads } = await runInEngine(readForEngine(NAME), script);
  const error = "error" in ending ? (ending.error ?? "") : "";
  return [...visits.map(({ state }) => state), ending.status, error, `${payloads.length} invocations`];
}

describe("the simulation's machine", () => {
  it.each(tasksOf(definition))("takes the engine's way whatever %s fails with", async (task) => {
    const way = scriptsToReach(readForEngine(NAME)).get(task) ?? {};
    const state = definition.States[task];
    const errors = state ? namedErrors(state) : [];
    expect(errors.length).toBeGreaterThan(0);
    for (const error of [...errors, "InvariantBroken"]) {
      for (const outcomes of [[error], [error, error, "ok"]]) {
        const script = { ...way, [task]: outcomes };
        expect(await wayOf(script)).toEqual(await engineWayOf(script));
      }
    }
  });

  it("names the function that a state invokes", () => {
    const { PostLedger } = definition.States;
    expect(PostLedger && functionOf(PostLedger)).toBe("post-ledger");
  });

  it("gives up sooner where it is impatient, and nowhere on the way back", () => {
    const attempts = (name: string) =>
      impatient(definition, ["CapturePayment"], 0).States[name]?.Retry?.map((r) => r.MaxAttempts);
    expect(new Set(attempts("CapturePayment"))).toEqual(new Set([0]));
    expect(attempts("VoidAuthorization")).toEqual(
      definition.States.VoidAuthorization?.Retry?.map((r) => r.MaxAttempts),
    );
  });
});
