// Runs one state of a machine through aws-local-stepfunctions. Paths, choices, retries and catches
// are the interpreter's. The way from state to state is ours, so that each step can be recorded
// before it is taken.
import { ExecutionError, StateMachine, type StateMachineDefinition } from "aws-local-stepfunctions";
import {
  DEFAULT_BACKOFF_RATE,
  DEFAULT_INTERVAL_SECONDS,
  DEFAULT_MAX_ATTEMPTS,
  type Json,
  type Retrier,
  type State,
} from "./definition.ts";

/** A task that failed. Retry and Catch match `name`. The message is the Cause. */
export class TaskFailure extends Error {
  constructor(name: string, cause: string) {
    super(cause);
    this.name = name;
  }
}

/** Thrown into the interpreter once the execution has ended, so that no remaining retry fires. */
export class Withdrawn extends Error {
  readonly isRetryable = false;
  readonly isCatchable = false;
}

export type StateToRun = {
  name: string;
  state: State;
  input: Json;
  /**
   * How often each retrier was used before this run. A resumed state does not get
   * its attempts back.
   */
  attempts: number[];
  enteredAt: number;
  timeScale: number;
  context: Record<string, unknown>;
  task: (payload: Json) => Promise<Json>;
};

/** `next` is absent when the machine ends here. */
export type StateResult = { next?: string; output: Json };

// A timer longer than 2^31-1 ms fires at once.
const LONGEST_TIMER_SECONDS = 2_000_000;
const END = "";
const arrival = (next: string): string => `arrive:${next}`;

/** Starts the state. `result` rejects, unwrapped, with an error that no Retry and no Catch took. */
export function runOneState(run: StateToRun): { result: Promise<StateResult>; abort: () => void } {
  let arrived: StateResult | undefined;
  const targets = nextStates(run.state);
  const arrivals = targets.map((next) => [
    arrival(next),
    (output: Json) => {
      arrived = next === END ? { output } : { next, output };
      return null;
    },
  ]);
  const places = targets.map((next) => [arrival(next), { Type: "Task", Resource: "local", End: true }]);
  const definition = {
    StartAt: run.name,
    States: { [run.name]: runnableCopy(run), ...Object.fromEntries(places) },
  };
  const machine = new StateMachine(definition as StateMachineDefinition, {
    validationOptions: { noValidate: true },
  });
  const { result, abort } = machine.run(run.input, {
    context: run.context,
    overrides: { taskResourceLocalHandlers: { [run.name]: run.task, ...Object.fromEntries(arrivals) } },
  });
  const unwrapped = result.then(
    (output) => arrived ?? { output },
    (error: unknown) => {
      throw error instanceof ExecutionError ? error.cause : error;
    },
  );
  return { result: unwrapped, abort };
}

function nextStates(state: State): string[] {
  const named = [
    state.Next,
    state.Default,
    ...[...(state.Choices ?? []), ...(state.Catch ?? [])].map((to) => to.Next),
  ];
  const targets = named.filter((next) => next !== undefined);
  return [...new Set(state.End ? [...targets, END] : targets)];
}

/**
 * A copy of the state. Every way out leads to an arrival, and every wait is divided by
 * the time scale.
 */
export function runnableCopy({ state, attempts, enteredAt, timeScale }: StateToRun): State {
  const { End, Seconds, ...copy } = structuredClone(state);
  const redirect = <Way extends { Next: string }>(way: Way): Way => ({ ...way, Next: arrival(way.Next) });
  if (copy.Next !== undefined) copy.Next = arrival(copy.Next);
  if (End) copy.Next = arrival(END);
  if (copy.Default !== undefined) copy.Default = arrival(copy.Default);
  if (copy.Choices) copy.Choices = copy.Choices.map(redirect);
  if (copy.Catch) copy.Catch = copy.Catch.map(redirect);
  if (copy.Retry)
    copy.Retry = copy.Retry.map((retrier, i) => remaining(retrier, attempts[i] ?? 0, timeScale));
  // The task function keeps the timeout itself. Only so the history has it before a
  // retry is decided.
  if (copy.Type === "Task") copy.TimeoutSeconds = LONGEST_TIMER_SECONDS;
  if (Seconds === undefined) return copy;
  // A point in time, so that a resumed wait ends when it would have ended anyway.
  return Object.assign(copy, { Timestamp: new Date(enteredAt + (Seconds * 1000) / timeScale).toISOString() });
}

function remaining(retrier: Retrier, used: number, timeScale: number): Retrier {
  const interval = retrier.IntervalSeconds ?? DEFAULT_INTERVAL_SECONDS;
  const rate = retrier.BackoffRate ?? DEFAULT_BACKOFF_RATE;
  const longest = (retrier.MaxDelaySeconds ?? Number.POSITIVE_INFINITY) / timeScale;
  return {
    ...retrier,
    IntervalSeconds: (interval * rate ** used) / timeScale,
    MaxDelaySeconds: Math.min(longest, LONGEST_TIMER_SECONDS),
    MaxAttempts: Math.max(0, (retrier.MaxAttempts ?? DEFAULT_MAX_ATTEMPTS) - used),
  };
}
