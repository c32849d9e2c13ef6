// What must hold of a machine's shape and times, whatever its steps throw.
import { isDeepStrictEqual } from "node:util";
import { isNode, isScalar, parseDocument, visit } from "yaml";
import type { Saga } from "../../../functions/lib/domain/saga.ts";
import { SUPERSEDED_STATE } from "./error-rules.ts";
import { type Machine, pascal, type Retrier, type State, tasksIn } from "./machine.ts";
import { rolesOf } from "./roles.ts";

/** No amounts and no personal data in an execution's history: two ids, and nothing comes back. */
const PARAMETERS = { "payment_id.$": "$.payment_id", "execution.$": "$$.Execution.Name" };

/** Names, parameters, results: what is the same in every state. */
export function wrongShape(machine: Machine): string[] {
  return Object.entries(machine.States).flatMap(([name, state]) => {
    if (state.Type === "Succeed") return name === SUPERSEDED_STATE ? [] : [`${name} ends without a step`];
    if (state.Type !== "Task") return [`${name} is a ${state.Type} state`];
    const fn = tasksIn(machine).find(([task]) => task === name)?.[2] ?? "";
    const results = [state.ResultPath, ...(state.Catch ?? []).map(({ ResultPath }) => ResultPath)];
    return [
      ...(pascal(fn) === name ? [] : [`${name} invokes ${state.Resource}`]),
      ...(isDeepStrictEqual(state.Parameters, PARAMETERS) ? [] : [`${name} passes other parameters`]),
      ...(results.every((result) => result === null) ? [] : [`${name} keeps a result`]),
    ];
  });
}

/** States that do not go on as the saga's order says. */
export function wrongOrder(machine: Machine, saga: Saga): string[] {
  const roles = rolesOf(saga);
  const present = tasksIn(machine).map(([, , fn]) => fn);
  return [
    ...(machine.StartAt === pascal(saga.steps[0]?.step ?? "") ? [] : [`starts at ${machine.StartAt}`]),
    ...[...roles.keys()].filter((fn) => !present.includes(fn)).map((fn) => `lacks ${pascal(fn)}`),
    ...tasksIn(machine)
      .filter(([, state, fn]) => {
        const next = roles.get(fn)?.next;
        return state.Next !== next || (next === undefined) !== (state.End === true);
      })
      .map(([name, state, fn]) => `${name} goes to ${state.Next}, not to ${roles.get(fn)?.next}`),
  ];
}

/** States that no way leads to. */
export function unreachable(machine: Machine): string[] {
  const reached = new Set<string>();
  const waiting = [machine.StartAt];
  for (let name = waiting.pop(); name !== undefined; name = waiting.pop()) {
    if (reached.has(name)) continue;
    reached.add(name);
    const state = machine.States[name];
    waiting.push(...(state?.Catch ?? []).map(({ Next }) => Next), ...(state?.Next ? [state.Next] : []));
  }
  return Object.keys(machine.States).filter((name) => !reached.has(name));
}

/** States entered without a failure, and one more for the start: what the happy path is billed. */
export function happyTransitions(machine: Machine): number {
  const path: string[] = [];
  for (let at: string | undefined = machine.StartAt; at && path.length < 100; at = machine.States[at]?.Next)
    path.push(at);
  return path.length + 1;
}

/**
 * The longest wait before each of a retrier's attempts, in seconds; full jitter waits between zero
 * and that.
 */
function longestWaits({ IntervalSeconds, BackoffRate, MaxDelaySeconds, MaxAttempts }: Retrier): number[] {
  return Array.from({ length: MaxAttempts }, (_, attempt) =>
    Math.min(IntervalSeconds * BackoffRate ** attempt, MaxDelaySeconds ?? Number.POSITIVE_INFINITY),
  );
}
const total = (numbers: number[]): number => numbers.reduce((sum, one) => sum + one, 0);

/** A uniform choice below the longest wait is half of it in expectation. */
const expectedSpan = (retrier: Retrier): number => total(longestWaits(retrier)) / 2;

const SPAN_SECONDS = 120;
const UNDO_SECONDS = 600;

/** The longest that an undo may take, every attempt running into its timeout. */
function longestUndo({ Retry = [], TimeoutSeconds = Number.POSITIVE_INFINITY }: State): number {
  const tries = 1 + total(Retry.map(({ MaxAttempts }) => MaxAttempts));
  return total(Retry.flatMap(longestWaits)) + tries * TimeoutSeconds;
}

/** The retries of these errors that are over before a provider may have recovered. */
const tooShort = ({ Retry = [] }: State, errors: string[]): string[] =>
  errors.flatMap((error) => {
    const retrier = Retry.find(({ ErrorEquals }) => ErrorEquals.includes(error));
    const span = retrier ? expectedSpan(retrier) : 0;
    return span < SPAN_SECONDS ? [`retries of ${error} span ${span} s`] : [];
  });

function spansOf(state: State, role: string | undefined): string[] {
  if (role === "undo") {
    const most = longestUndo(state);
    return most > UNDO_SECONDS ? [`retries for up to ${most} s`] : [];
  }
  if (role === "resolve") return tooShort(state, ["OutcomePending", "OutcomeUnknown"]);
  return tooShort(state, ["OutcomeUnknown"]);
}

/**
 * Retries that give up before a provider may have recovered, or undos that go on for longer than
 * ten minutes.
 */
export function wrongSpans(machine: Machine, saga: Saga): string[] {
  const roles = rolesOf(saga);
  return tasksIn(machine).flatMap(([name, state, fn]) => {
    const unjittered = (state.Retry ?? []).filter(({ JitterStrategy }) => JitterStrategy !== "FULL");
    return [
      ...unjittered.map(() => "a retry without full jitter"),
      ...spansOf(state, roles.get(fn)?.role),
    ].map((complaint) => `${name}: ${complaint}`);
  });
}

/**
 * Tasks of one role that retry in another way than the first of them. The poll of a Resolve is left
 * aside. An inline Retry passes every other rule, whatever its schedule.
 */
export function unequalRetries(machine: Machine, saga: Saga): string[] {
  const roles = rolesOf(saga);
  const first = new Map<string, { name: string; retry: Retrier[] }>();
  return tasksIn(machine).flatMap(([name, { Retry = [] }, fn]) => {
    const group = roles.get(fn)?.role === "undo" ? "undo" : "forward";
    const retry = Retry.filter(({ ErrorEquals }) => !ErrorEquals.includes("OutcomePending"));
    const model = first.get(group);
    if (!model) first.set(group, { name, retry });
    return !model || isDeepStrictEqual(model.retry, retry)
      ? []
      : [`${name} retries otherwise than ${model.name}`];
  });
}

/** Error names that a machine's YAML writes more than once, where an anchor would carry them. */
export function writtenTwice(yaml: string): string[] {
  const written: string[] = [];
  visit(parseDocument(yaml), {
    Pair: (_, { key, value }) => {
      if (!isScalar(key) || key.value !== "ErrorEquals" || !isNode(value)) return;
      visit(value, {
        Scalar: (_at, { value: name }) => {
          written.push(String(name));
        },
      });
    },
  });
  return written.filter((name, index) => written.indexOf(name) !== index);
}
