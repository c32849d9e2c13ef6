// What both interpreters are put through: every task of a machine with every error that its file
// names, lasting or passing, and with one that no file names. At a small size one error stands for
// all that take the same Retry and the same Catch.
import type { Definition, State } from "../../../scripts/local/step-functions/definition.ts";
import type { Script } from "../../support/run-machine.ts";
import { namedErrors, retriedErrors, scriptsToReach, tasksOf } from "../../workflows/paths.ts";

export type Scenario = {
  title: string;
  script: Script;
  /** Whether it is to go on once more from where it failed, with what is left of its script. */
  redriven?: boolean;
};

/** An error that no Retry and no Catch names. */
const DEFECT = "InvariantBroken";

/**
 * Retries wait for a second at most; how often they come, and everything else, is as in the file.
 */
export function hurried(definition: Definition): Definition {
  const States = Object.entries(definition.States).map(([name, state]) => {
    const Retry = state.Retry?.map((retrier) => ({
      ...retrier,
      IntervalSeconds: 1,
      BackoffRate: 1,
      MaxDelaySeconds: 2,
    }));
    return [name, { ...state, ...(Retry ? { Retry } : {}) }];
  });
  return { ...definition, States: Object.fromEntries(States) };
}

export function scenariosOf(definition: Definition, isFull: boolean): Scenario[] {
  const ways = scriptsToReach(definition);
  return tasksOf(definition).flatMap((task) => {
    const state = definition.States[task] as State;
    const way = ways.get(task) ?? {};
    const chosen = (errors: string[]) => (isFull ? errors : oneOfEach(state, errors));
    return [
      ...chosen([...namedErrors(state), DEFECT]).map((error) => ({
        title: `${task} keeps failing with ${error}`,
        script: { ...way, [task]: [error] },
      })),
      ...chosen(retriedErrors(state)).map((error) => ({
        title: `${task} fails twice with ${error}`,
        script: { ...way, [task]: [error, error, "ok"] },
      })),
      {
        title: `${task} gives up and is redriven`,
        script: { ...way, [task]: [DEFECT, "ok"] },
        redriven: true,
      },
    ];
  });
}

/** The first error of each pair of a Retry and a Catch. */
function oneOfEach(state: State, errors: string[]): string[] {
  const placeIn = (lists: { ErrorEquals: string[] }[] = [], error: string) =>
    lists.findIndex(({ ErrorEquals }) => ErrorEquals.includes(error));
  const kinds = new Map<string, string>();
  for (const error of errors) {
    const kind = `${placeIn(state.Retry, error)} ${placeIn(state.Catch, error)}`;
    if (!kinds.has(kind)) kinds.set(kind, error);
  }
  return [...kinds.values()];
}
