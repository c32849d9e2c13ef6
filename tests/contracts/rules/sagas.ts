// The sagas as docs/architecture.md#the-sagas draws them: forward steps in order, the undo of each,
// and the pivot with its Resolve.
import { type Machine, pascal, type State, taskOf } from "./machine.ts";

export type Forward = {
  step: string;
  /** Undoes this step; absent where it leaves nothing to undo. */
  undo?: string;
  /** What is in doubt here is resolved and not undone: it may be too late, or may only be late. */
  resolve?: string;
  /** Irrevocable once it happened; it is its Resolve that every doubt and every withdrawal before it goes to. */
  pivot?: true;
  /** True where its Resolve may send it to try again. */
  resumable?: true;
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
      { step: "capture-payment", resolve: "resolve-capture", pivot: true },
      { step: "notify-payment", retriable: true },
    ],
    end: "fail-payment",
  },
  "stablecoin-payment": {
    forward: [
      { step: "validate-payment" },
      { step: "authorize-conversion", undo: "release-hold" },
      { step: "on-ramp", undo: "reverse-on-ramp", resolve: "resolve-on-ramp" },
      { step: "off-ramp", resolve: "resolve-off-ramp", pivot: true, resumable: true },
      { step: "post-ledger", retriable: true },
      { step: "notify-payment", retriable: true },
    ],
    end: "fail-payment",
  },
};

/**
 * `doubt` is where a failure goes that may have moved something, `withdrawn` one that asks for the undo, `clear` one that left nothing
 * of this step; `again` is the step that a Resolve may send back to.
 */
export type Role =
  | { role: "compensatable" | "pivot"; doubt: string; withdrawn: string; clear: string; next: string }
  | { role: "retriable"; next: string | undefined }
  | { role: "resolve"; clear: string; again: string | undefined; next: string }
  | { role: "undo"; next: string | undefined };

/**
 * What each function of the saga is in it, with states by their names. A doubt before the pivot enters the undo at its top, by way
 * of the Resolve: a new attempt passes over steps that an earlier one went beyond, and its pivot may have happened.
 */
export function rolesOf({ forward, end }: Saga): Map<string, Role> {
  const roles = new Map<string, Role>([[end, { role: "undo", next: undefined }]]);
  const top = forward.find(({ pivot }) => pivot)?.resolve ?? end;
  let back = end;
  forward.forEach((one, index) => {
    const following = forward[index + 1]?.step;
    const ways = { clear: pascal(back), top: pascal(top), next: following && pascal(following) };
    if (one.undo) roles.set(one.undo, { role: "undo", next: ways.clear });
    back = one.undo ?? back;
    // What a Resolve finds absent is undone from its own step on.
    for (const [fn, role] of rolesAt(one, { ...ways, own: pascal(back) })) roles.set(fn, role);
  });
  return roles;
}

type Ways = { clear: string; own: string; top: string; next: string | undefined };

/** The roles of a step and of its Resolve. */
function rolesAt({ step, resolve, pivot, resumable, retriable }: Forward, ways: Ways): [string, Role][] {
  const { clear, own, top, next } = ways;
  if (retriable || next === undefined) return [[step, { role: "retriable", next }]];
  const role = pivot ? "pivot" : "compensatable";
  if (!resolve) return [[step, { role, doubt: top, withdrawn: top, clear, next }]];
  const again = resumable ? pascal(step) : undefined;
  return [
    [step, { role, doubt: pascal(resolve), withdrawn: top, clear, next }],
    [resolve, { role: "resolve", clear: own, again, next }],
  ];
}

/** The tasks of a machine: state name, state, function. */
export const tasksIn = (machine: Machine): [string, State, string][] =>
  Object.entries(machine.States)
    .filter(([, { Type }]) => Type === "Task")
    .map(([name, state]) => [name, state, taskOf(state) ?? ""]);
