// Drives one execution from where it stands to its end. Where it stands is written before every
// invocation, so that whoever reads the record after a crash can go on. Nothing is written once the
// execution has ended.
import {
  DEFAULT_TASK_TIMEOUT_SECONDS,
  type Definition,
  type Json,
  retrierFor,
  type State,
} from "./definition.ts";
import { type HistoryEvent, HistoryWriter } from "./history.ts";
import { runOneState, TaskFailure, Withdrawn } from "./one-state.ts";

/** Where an execution stands. A resume and a redrive start from it. */
export type Progress = {
  state: string;
  input: Json;
  attempts: number[];
  enteredAt: number;
  entered: boolean;
  /**
   * The trace of the caller who started the execution. Every function that it calls continues it.
   */
  trace?: string;
};

export type Ending =
  | { status: "SUCCEEDED"; output: Json }
  | { status: "FAILED" | "TIMED_OUT" | "ABORTED"; error?: string; cause?: string };

/** Where history and progress are written. Each call is one durable write. */
export type Journal = {
  advance(events: HistoryEvent[], progress: Progress): void;
  end(events: HistoryEvent[], progress: Progress, ending: Ending): void;
};

export type Task = { state: string; resource: string; payload: Json; trace?: string };
/**
 * Calls the function of a task. Throws TaskFailure. The signal says that nobody waits any longer.
 */
export type Invoke = (task: Task, signal: AbortSignal) => Promise<Json>;

export type ExecutionOptions = {
  definition: Definition;
  progress: Progress;
  lastEventId: number;
  /** `$$.Execution` and `$$.StateMachine` of the context object. */
  origin: Record<string, unknown>;
  machine: { Id: string; Name: string };
  /** Epoch milliseconds. Absent for a machine without TimeoutSeconds. */
  deadline?: number;
  timeScale: number;
  journal: Journal;
  invoke: Invoke;
  /** Resolves when a task may run, with what ends its turn. Without it every task runs at once. */
  takeTurn?: () => Promise<() => void>;
  onTransition: () => void;
};

/**
 * Step Functions fails an execution whose history is full. This also bounds a machine that
 * goes in circles.
 */
const MOST_EVENTS = 25_000;
const LARGEST_PAYLOAD = 262_144;
const LONGEST_TIMER_MS = 2 ** 31 - 1;
const ENDING_EVENT = {
  SUCCEEDED: "ExecutionSucceeded",
  FAILED: "ExecutionFailed",
  TIMED_OUT: "ExecutionTimedOut",
  ABORTED: "ExecutionAborted",
};

const retries = (at: Progress): number => at.attempts.reduce((sum, used) => sum + used, 0);

const traceOf = ({ trace }: Progress): { trace?: string } => (trace === undefined ? {} : { trace });

export class Execution {
  private readonly options: ExecutionOptions;
  private readonly history: HistoryWriter;
  private progress: Progress;
  private ending: Ending | undefined;
  private abortState: (() => void) | undefined;
  private abandonTask: (() => void) | undefined;
  private timer: NodeJS.Timeout | undefined;

  constructor(options: ExecutionOptions) {
    this.options = options;
    this.progress = options.progress;
    this.history = new HistoryWriter(options.lastEventId);
  }

  /**
   * Runs to the end. Rejects only when the journal does: then nothing more is known to be durable.
   */
  async run(): Promise<Ending> {
    this.armDeadline();
    while (!this.ending) {
      const next = await this.passState();
      if (next && !this.ending) this.progress = next;
    }
    return this.ending;
  }

  /** Ends the execution now. The first ending stands, and it is durable when this returns. */
  end(ending: Ending): void {
    if (this.ending) return;
    const { status, ...details } = ending;
    const shown = "output" in details ? { output: JSON.stringify(details.output) } : details;
    this.history.add(ENDING_EVENT[status], shown);
    this.ending = ending;
    clearTimeout(this.timer);
    this.options.journal.end(this.history.take(), this.progress, ending);
    this.abandonTask?.();
    this.abortState?.();
  }

  /**
   * Runs the state where the execution stands. Resolves with where it stands then, or
   * ends the execution.
   */
  private async passState(): Promise<Progress | undefined> {
    const at = this.progress;
    const state = this.options.definition.States[at.state];
    if (!state) return this.fail("States.Runtime", `There is no state ${at.state}`);
    this.enter(at, state);
    if (this.ending) return undefined;
    const EnteredTime = new Date(at.enteredAt).toISOString();
    const seen = { Name: at.state, EnteredTime, RetryCount: retries(at) };
    const { origin, machine, timeScale } = this.options;
    const { result, abort } = runOneState({
      ...at,
      name: at.state,
      state,
      // The run takes over what was used before. `at.attempts` goes on counting all of them.
      attempts: [...at.attempts],
      timeScale,
      context: { Origin: origin, StateMachine: machine, State: seen },
      task: (payload) =>
        this.attempt(at, state, payload).finally(() => {
          seen.RetryCount = retries(at);
        }),
    });
    this.abortState = abort;
    try {
      const { next, output } = await result;
      return this.leave(at, state, output, next);
    } catch (error) {
      if (this.ending) return undefined;
      return this.failWith(error, state);
    }
  }

  private enter(at: Progress, state: State): void {
    if (at.entered) return;
    at.entered = true;
    this.options.onTransition();
    if (this.history.lastId >= MOST_EVENTS) {
      this.fail("States.Runtime", `The history of the execution reached ${MOST_EVENTS} events`);
      return;
    }
    this.history.add(`${state.Type}StateEntered`, { name: at.state, input: JSON.stringify(at.input) });
    if (state.Type === "Wait") this.flush(at);
  }

  private leave(at: Progress, state: State, output: Json, next?: string): Progress | undefined {
    if (this.ending) return undefined;
    this.history.add(`${state.Type}StateExited`, { name: at.state, output: JSON.stringify(output) });
    if (next !== undefined) {
      const fresh = { attempts: [], enteredAt: Date.now(), entered: false };
      return { ...traceOf(at), ...fresh, state: next, input: output };
    }
    this.end({ status: "SUCCEEDED", output });
    return undefined;
  }

  /** One invocation of the state's function, in its turn. */
  private async attempt(at: Progress, state: State, payload: Json): Promise<Json> {
    const endTurn = this.options.takeTurn && (await this.options.takeTurn());
    try {
      return await this.invocation(at, state, payload);
    } finally {
      endTurn?.();
    }
  }

  /** Recorded before and after. */
  private async invocation(at: Progress, state: State, payload: Json): Promise<Json> {
    if (this.ending) throw new Withdrawn();
    const resource = state.Resource ?? "";
    this.history.add("LambdaFunctionScheduled", {
      resource,
      input: JSON.stringify(payload),
      timeoutInSeconds: state.TimeoutSeconds,
    });
    this.history.add("LambdaFunctionStarted");
    this.flush(at);
    try {
      const output = await this.invokeInTime({ ...traceOf(at), state: at.state, resource, payload }, state);
      if (this.ending) throw new Withdrawn();
      const text = JSON.stringify(output);
      if (text.length > LARGEST_PAYLOAD)
        throw new TaskFailure("States.DataLimitExceeded", "The output is too large");
      this.history.add("LambdaFunctionSucceeded", { output: text });
      return output;
    } catch (error) {
      if (this.ending) throw new Withdrawn();
      if (error instanceof TaskFailure) this.noteFailure(at, state, error);
      throw error;
    }
  }

  private noteFailure(at: Progress, state: State, failure: TaskFailure): void {
    const timedOut = failure.name === "States.Timeout";
    const details = { error: failure.name, cause: timedOut ? undefined : failure.message };
    this.history.add(timedOut ? "LambdaFunctionTimedOut" : "LambdaFunctionFailed", details);
    const retrier = retrierFor(state, failure.name, at.attempts);
    if (retrier === undefined) return;
    at.attempts = (state.Retry ?? []).map((_, i) => (at.attempts[i] ?? 0) + (i === retrier ? 1 : 0));
    this.options.onTransition();
    this.flush(at);
  }

  private async invokeInTime(task: Task, state: State): Promise<Json> {
    const seconds = (state.TimeoutSeconds ?? DEFAULT_TASK_TIMEOUT_SECONDS) / this.options.timeScale;
    const unwanted = new AbortController();
    let timer: NodeJS.Timeout | undefined;
    const givenUp = new Promise<never>((_, reject) => {
      const giveUp = (reason: Error) => {
        reject(reason);
        unwanted.abort();
      };
      const limit = Math.min(seconds * 1000, LONGEST_TIMER_MS);
      timer = setTimeout(() => giveUp(new TaskFailure("States.Timeout", "")), limit);
      this.abandonTask = () => giveUp(new Withdrawn());
    });
    try {
      return await Promise.race([this.options.invoke(task, unwanted.signal), givenUp]);
    } finally {
      clearTimeout(timer);
    }
  }

  private flush(at: Progress): void {
    this.options.journal.advance(this.history.take(), at);
  }

  private failWith(error: unknown, state: State): undefined {
    const { name, message } = error instanceof Error ? error : new Error(String(error));
    const known = error instanceof TaskFailure || state.Type === "Fail" || name.startsWith("States.");
    if (name === "States.Timeout") return this.fail(name);
    return known ? this.fail(name, message) : this.fail("States.Runtime", `${name}: ${message}`);
  }

  private fail(error: string, cause?: string): undefined {
    this.end(cause === undefined ? { status: "FAILED", error } : { status: "FAILED", error, cause });
  }

  private armDeadline(): void {
    const { deadline } = this.options;
    if (deadline === undefined || this.ending) return;
    const left = deadline - Date.now();
    if (left <= 0) this.end({ status: "TIMED_OUT" });
    else this.timer = setTimeout(() => this.armDeadline(), Math.min(left, LONGEST_TIMER_MS));
  }
}
