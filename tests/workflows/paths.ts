// The shortest way to each task of a machine: which earlier task must fail with which error to get
// there.
import type { Definition, State } from "../../scripts/local/step-functions/definition.ts";
import type { Script } from "../support/run-machine.ts";

export const tasksOf = (definition: Definition): string[] =>
  Object.entries(definition.States)
    .filter(([, state]) => state.Type === "Task")
    .map(([name]) => name);

/** Every error that a Retry or a Catch of the state names, in the order of the file. */
export function namedErrors(state: State): string[] {
  const lists = [...(state.Retry ?? []), ...(state.Catch ?? [])].map(({ ErrorEquals }) => ErrorEquals);
  return [...new Set(lists.flat())];
}

export const retriedErrors = (state: State): string[] => [
  ...new Set((state.Retry ?? []).flatMap(({ ErrorEquals }) => ErrorEquals)),
];

/** The script that leads to each state, by its name: without a failure where that is possible. */
export function scriptsToReach(definition: Definition): Map<string, Script> {
  const found = new Map<string, Script>([[definition.StartAt, {}]]);
  for (let at = definition.States[definition.StartAt]; at?.Next; at = definition.States[at.Next])
    found.set(at.Next, {});
  // A map iterates over what is added while it is walked: breadth first, each state once.
  for (const [name, script] of found) {
    const state = definition.States[name];
    if (!state) continue;
    const ways = failuresOf(state).map(({ next, outcomes }) => ({
      next,
      to: { ...script, [name]: outcomes },
    }));
    if (state.Next) ways.unshift({ next: state.Next, to: script });
    for (const { next, to } of ways) if (!found.has(next)) found.set(next, to);
  }
  return found;
}

/**
 * The ways out of a state by an error, preferably by one that is not retried. Such an error shows
 * the edge alone. It need not persist, so the state works when a Resolve sends back to it.
 */
function failuresOf(state: State): { next: string; outcomes: string[] }[] {
  const retried = retriedErrors(state);
  return (state.Catch ?? []).flatMap(({ Next, ErrorEquals }) => {
    const error = ErrorEquals.find((name) => !retried.includes(name)) ?? ErrorEquals[0];
    if (error === undefined) return [];
    return [{ next: Next, outcomes: retried.includes(error) ? [error] : [error, "ok"] }];
  });
}
