// The sagas as DESIGN §4 draws them: forward steps in order, the undo of each, and the pivot with its Resolve.
import { type Machine, pascal, type State, taskOf } from "./machine.ts";

export type Forward = {
  step: string;
  /** Undoes this step; absent where it leaves nothing to undo. */
  undo?: string;
  /** Set for the pivot: irrevocable once it happened, so that doubt about it is resolved and not undone. */
  resolve?: string;
  /** After the pivot: tried until it works, never undone. */
  retriable?: true;
};
export type Saga = { forward: Forward[]; end: string };

export const SAGAS: Record<string, Saga> = {
  "card-payment": {
    forward: [
      { step: "validate-payment" },
      { step: "authorize-payment", undo: "void-authorization" },
      { step: "post-ledger", undo: "reverse-ledger" },
      { step: "capture-payment", resolve: "resolve-capture" },
      { step: "notify-payment", retriable: true },
    ],
    end: "fail-payment",
  },
};

/** `doubt` is where a failure goes that may have moved something, `clear` one that left nothing of this step. */
export type Role =
  | { role: "compensatable" | "pivot"; doubt: string; clear: string; next: string }
  | { role: "retriable"; next: string | undefined }
  | { role: "resolve"; clear: string; next: string }
  | { role: "undo"; next: string | undefined };

/**
 * What each function of the saga is in it, with states by their names. A doubt before the pivot enters the undo at its top, by way
 * of the Resolve: a new attempt passes over steps that an earlier one went beyond, and its pivot may have happened.
 */
export function rolesOf({ forward, end }: Saga): Map<string, Role> {
  const roles = new Map<string, Role>([[end, { role: "undo", next: undefined }]]);
  const top = forward.findLast(({ resolve }) => resolve !== undefined)?.resolve;
  let back = end;
  forward.forEach(({ step, undo, resolve, retriable }, index) => {
    const following = forward[index + 1]?.step;
    const next = following && pascal(following);
    const clear = pascal(back);
    if (undo) roles.set(undo, { role: "undo", next: pascal(back) });
    if (retriable || next === undefined) roles.set(step, { role: "retriable", next });
    else if (resolve) {
      roles.set(step, { role: "pivot", doubt: pascal(resolve), clear, next });
      roles.set(resolve, { role: "resolve", clear, next });
    } else roles.set(step, { role: "compensatable", doubt: pascal(top ?? undo ?? back), clear, next });
    back = undo ?? back;
  });
  return roles;
}

/** The tasks of a machine: state name, state, function. */
export const tasksIn = (machine: Machine): [string, State, string][] =>
  Object.entries(machine.States)
    .filter(([, { Type }]) => Type === "Task")
    .map(([name, state]) => [name, state, taskOf(state) ?? ""]);
