// How each kind of error must be handled by a state, by the state's role in its saga
// (docs/architecture.md#errors-decide-the-way), and where a machine does otherwise.
import type { Saga } from "../../../functions/lib/domain/saga.ts";
import { type Kind, kindOf, PLATFORM_ERRORS, REGISTRY } from "../../../functions/lib/errors/registry.ts";
import { type Machine, type State, tasksIn } from "./machine.ts";
import { type Role, rolesOf } from "./roles.ts";

export const SUPERSEDED_STATE = "SagaSuperseded";
const WILDCARDS = ["States.ALL", "States.TaskFailed"];

export type Handling = { retried: boolean; caught: string | undefined };
/** What a function may end with, by name. */
export type Throws = (functionName: string) => readonly string[];

const PLATFORM = new Map<string, Kind>(
  Object.entries(PLATFORM_ERRORS).flatMap(([kind, names]) =>
    names.map((name) => [name, kind as Kind] as const),
  ),
);
const kindNamed = (name: string): Kind | undefined => PLATFORM.get(name) ?? kindOf(name);

const RETRY: Handling = { retried: true, caught: undefined };
const NEITHER: Handling = { retried: false, caught: undefined };
const to = (caught: string, retried = false): Handling => ({ retried, caught });

/** A Resolve's verdicts are handled apart. */
type Sort = Kind | "absent" | "pending" | "resumable";
const VERDICTS: Record<string, Sort> = {
  OutcomeAbsent: "absent",
  OutcomePending: "pending",
  OutcomeResumable: "resumable",
};
const sortOf = (name: string): Sort | undefined => VERDICTS[name] ?? kindNamed(name);

const EVERYWHERE: Partial<Record<Sort, Handling>> = {
  superseded: to(SUPERSEDED_STATE),
  disputed: NEITHER,
  defect: NEITHER,
};
const REPEATED: Partial<Record<Sort, Handling>> = { ...EVERYWHERE, transient: RETRY, unknown: RETRY };

/** What a role does with each kind. A step of the role may not throw an error of any other kind. */
function demandsOn(role: Role): Partial<Record<Sort, Handling>> {
  switch (role.role) {
    case "compensatable":
    case "pivot": {
      const doubt = to(role.doubt, true);
      const refused = to(role.clear);
      return {
        ...EVERYWHERE,
        transient: doubt,
        unknown: doubt,
        unsettled: to(role.doubt),
        withdrawn: to(role.withdrawn),
        refused,
        ...(role.role === "compensatable" ? { partial: to(role.own) } : {}),
      };
    }
    case "retriable":
      return REPEATED;
    case "resolve":
      return {
        ...REPEATED,
        pending: RETRY,
        absent: to(role.clear),
        ...(role.again ? { resumable: to(role.again) } : {}),
      };
    case "undo":
      return { ...REPEATED, undo: RETRY };
  }
}

/** What the state does with the error. Step Functions takes the first that names it. */
function handling(state: State, error: string): Handling {
  return {
    retried: (state.Retry ?? []).some(({ ErrorEquals }) => ErrorEquals.includes(error)),
    caught: (state.Catch ?? []).find(({ ErrorEquals }) => ErrorEquals.includes(error))?.Next,
  };
}

const describeHandling = ({ retried, caught }: Handling): string =>
  `${retried ? "retried" : "not retried"}, ${caught ? `caught to ${caught}` : "not caught"}`;

function compare(state: State, error: string, role: Role): string[] {
  const sort = sortOf(error);
  const wanted = sort && demandsOn(role)[sort];
  if (!wanted) return [`${error} is no error of a ${role.role} step`];
  const found = handling(state, error);
  const differs = wanted.retried !== found.retried || wanted.caught !== found.caught;
  return differs ? [`${error} must be ${describeHandling(wanted)}, is ${describeHandling(found)}`] : [];
}

const namesIn = (state: State): string[] => [
  ...(state.Retry ?? []).flatMap(({ ErrorEquals }) => ErrorEquals),
  ...(state.Catch ?? []).flatMap(({ ErrorEquals }) => ErrorEquals),
];

/**
 * Kinds that a state names only when its step declares them: a list is as long as what can happen.
 */
const BY_DECLARATION: Kind[] = ["refused", "unsettled", "partial", "verdict"];

function complaintsOf(state: State, role: Role, thrown: readonly string[]): string[] {
  const named = namesIn(state);
  const known = (name: string) => name in REGISTRY || PLATFORM.has(name);
  const idle = named.filter((name) => {
    const kind = kindNamed(name);
    return kind !== undefined && BY_DECLARATION.includes(kind) && !thrown.includes(name);
  });
  return [
    ...named.filter((name) => WILDCARDS.includes(name)).map((name) => `${name} is a wildcard`),
    ...named
      .filter((name) => !known(name) && !WILDCARDS.includes(name))
      .map((name) => `${name} is in no registry`),
    ...idle.map((name) => `${name} is handled and never thrown`),
    ...[...new Set([...thrown, ...named.filter(known)])].flatMap((name) => compare(state, name, role)),
  ];
}

/** Every error that some state of the machine handles otherwise than its role demands. */
export function mishandled(machine: Machine, saga: Saga, throws: Throws): string[] {
  const roles = rolesOf(saga);
  return tasksIn(machine).flatMap(([name, state, functionName]) => {
    const role = roles.get(functionName);
    if (!role) return [`${name}: ${functionName} has no role in the saga`];
    return complaintsOf(state, role, throws(functionName)).map((complaint) => `${name}: ${complaint}`);
  });
}
