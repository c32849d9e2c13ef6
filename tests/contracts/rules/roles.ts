// What each function of a saga is in its machine, read off the product's own definition.
import type { Saga, SagaStep } from "../../../functions/lib/domain/saga.ts";
import { END } from "../../../functions/lib/domain/saga-definition.ts";
import { pascal } from "./machine.ts";

/**
 * `doubt` is where a failure goes that may have moved something, `withdrawn` one that asks for the
 * undo, `clear` one that left nothing of this step, `own` one that left less than was asked for;
 * `again` is the step that a Resolve may send back to.
 */
export type Role =
  | { role: "compensatable"; doubt: string; withdrawn: string; clear: string; own: string; next: string }
  | { role: "pivot"; doubt: string; withdrawn: string; clear: string; next: string }
  | { role: "retriable"; next: string | undefined }
  | { role: "resolve"; clear: string; again: string | undefined; next: string }
  | { role: "undo"; next: string | undefined };

/**
 * What each function of the saga is in it, with states by their names. A doubt before the pivot
 * enters the undo at its top, by way of the Resolve: a new attempt passes over steps that an
 * earlier one went beyond, and its pivot may have happened.
 */
export function rolesOf({ steps }: Saga): Map<string, Role> {
  const roles = new Map<string, Role>([[END, { role: "undo", next: undefined }]]);
  const top = steps.find(({ pivot }) => pivot)?.resolve ?? END;
  let back: string = END;
  steps.forEach((one, index) => {
    const following = steps[index + 1]?.step;
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
function rolesAt({ step, resolve, pivot, resumable, retriable }: SagaStep, ways: Ways): [string, Role][] {
  const { clear, own, top, next } = ways;
  if (retriable || next === undefined) return [[step, { role: "retriable", next }]];
  const ends = { doubt: resolve ? pascal(resolve) : top, withdrawn: top, clear, next };
  const forward: Role = pivot ? { role: "pivot", ...ends } : { role: "compensatable", own, ...ends };
  if (!resolve) return [[step, forward]];
  const again = resumable ? pascal(step) : undefined;
  return [
    [step, forward],
    [resolve, { role: "resolve", clear: own, again, next }],
  ];
}
