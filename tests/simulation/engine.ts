// Step Functions and Lambda of one world. Executions have names, tasks time out, somebody may stop
// an execution by hand, and what failed is redriven. The machine gives up on invocations that go
// on.
import { hasFailed, type SagaExecution } from "../../functions/lib/domain/saga-executions.ts";
import type { Definition, State } from "../../scripts/local/step-functions/definition.ts";
import { Invocation, isCalm, latency, type Run } from "./invocation.ts";
import { type Ended, functionOf, lifeOf, runMachine, TaskFailed } from "./machine.ts";

export type Execution = {
  name: string;
  status: Ended["status"] | "RUNNING" | "ABORTED";
  state: string;
  error?: string;
  redrives: number;
  /** What it was before, and until when. */
  past: { until: number; was: SagaExecution | undefined }[];
};
/** Runs a function's code for one invocation. */
export type RunStep = (fn: string, execution: string, by: Invocation) => Promise<void>;

const ABANDONED = [
  "Lambda.Unknown",
  "Lambda.SdkClientException",
  "Lambda.ClientExecutionTimeoutException",
] as const;
const LONGEST_COLD_START_MS = 14_000;

export class Engine {
  readonly executions = new Map<string, Execution>();
  private invocations = 0;
  private readonly run: Run;
  private readonly definition: Definition;
  private readonly runStep: RunStep;
  private readonly onFailed: (execution: Execution) => void;

  constructor(run: Run, definition: Definition, runStep: RunStep, onFailed: (execution: Execution) => void) {
    this.run = run;
    this.definition = definition;
    this.runStep = runStep;
    this.onFailed = onFailed;
  }

  /** Starts an execution unless the name is taken, which is no error. */
  start(name: string): void {
    if (this.executions.has(name)) return;
    const { now } = this.run.schedule;
    const past = [{ until: now, was: undefined }];
    const state = this.definition.StartAt;
    const execution: Execution = { name, status: "RUNNING", state, redrives: 0, past };
    this.executions.set(name, execution);
    this.go(execution);
  }

  /** What Step Functions says of the execution, so many milliseconds late. */
  describe(name: string, lateMs: number): SagaExecution | undefined {
    const execution = this.executions.get(name);
    const at = this.run.schedule.now - lateMs;
    const old = execution?.past.find(({ until }) => at < until);
    return old ? old.was : execution && shown(execution);
  }

  /** Somebody stops an execution that runs. What it has invoked goes on. */
  abort(name: string): void {
    const execution = this.executions.get(name);
    if (execution?.status !== "RUNNING") return;
    this.run.trace.fault(this.run.schedule.now, "somebody", `stops ${name}`, "execution aborted");
    this.become(execution, { status: "ABORTED" });
    this.onFailed(execution);
  }

  private become(execution: Execution, change: Pick<Execution, "status"> & Partial<Execution>): void {
    execution.past.push({ until: this.run.schedule.now, was: shown(execution) });
    delete execution.error;
    Object.assign(execution, change);
  }

  private go(execution: Execution): void {
    const { schedule, random, trace } = this.run;
    const who = `execution ${this.shortName(execution.name)}`;
    const { redrives } = execution;
    // A machine that was stopped never hears what it waited for.
    const whileItRuns = (waited: Promise<void>) =>
      new Promise<void>((resolve, reject) => {
        const runs = () => execution.status === "RUNNING" && execution.redrives === redrives;
        waited.then(
          () => runs() && resolve(),
          (error) => runs() && reject(error),
        );
      });
    runMachine(this.definition, execution.state, {
      invoke: (_, state) => whileItRuns(this.invoke(execution.name, state)),
      wait: (milliseconds) => whileItRuns(schedule.pause(milliseconds)),
      random: () => random.next(),
      entered: (state) => {
        execution.state = state;
        trace.add(schedule.now, who, `enters ${state}`);
      },
    }).then((ended) => {
      this.become(execution, ended);
      trace.add(schedule.now, who, `${ended.status} at ${ended.state} ${ended.error ?? ""}`);
      if (ended.status === "FAILED") this.onFailed(execution);
    });
  }

  /** Lets a failed execution go on at the state that failed. */
  redrive(name: string): void {
    const execution = this.executions.get(name);
    if (!execution || !hasFailed(execution)) return;
    this.become(execution, { status: "RUNNING", redrives: execution.redrives + 1 });
    this.go(execution);
  }

  /**
   * One invocation as the machine sees it: an answer, an error, or silence until the task's
   * timeout.
   */
  private invoke(execution: string, state: State): Promise<void> {
    const { schedule, random, plan, trace } = this.run;
    const fn = functionOf(state);
    const { crash: _, ...odds } = isCalm(this.run)
      ? { crash: 0, abandon: 0, twice: 0, throttle: 0, cold: 0 }
      : plan.lambda;
    return new Promise((resolve, reject) => {
      let waits = true;
      const hear = (error?: string) => {
        if (!waits) return;
        waits = false;
        timeout.cancelled = true;
        if (error)
          trace.add(schedule.now, `execution ${this.shortName(execution)}`, `hears ${error} of ${fn}`);
        if (error) reject(new TaskFailed(error));
        else resolve();
      };
      const timeout = schedule.in((state.TimeoutSeconds ?? 60) * 1000, () => hear("States.Timeout"));
      if (random.chance(odds.throttle)) {
        schedule.in(latency(this.run), () => hear("Lambda.TooManyRequestsException"));
        return;
      }
      const abandoned = random.chance(odds.abandon);
      const lags = abandoned && random.chance(0.6);
      const cold = random.chance(odds.cold) ? random.between(0, LONGEST_COLD_START_MS) : latency(this.run);
      schedule.in(cold, () => this.begin(fn, execution, hear, lags));
      if (random.chance(odds.twice)) {
        trace.fault(schedule.now, fn, "is invoked twice", "invoked twice");
        schedule.in(random.between(0, LONGEST_COLD_START_MS), () =>
          this.begin(fn, execution, () => undefined),
        );
      }
      if (abandoned) {
        const error = random.pick(ABANDONED);
        schedule.in(random.between(0, random.pick([200, 9_000])), () => {
          if (waits)
            trace.fault(schedule.now, fn, "is given up on while it runs", "given up on while it runs");
          hear(error);
        });
      }
    });
  }

  private begin(fn: string, execution: string, hear: (error?: string) => void, lags = false): void {
    const { schedule, trace } = this.run;
    const heardSoon = (error?: string) => schedule.in(latency(this.run), () => hear(error));
    const of = this.shortName(execution);
    const name = `${fn}#${++this.invocations}${of === "a1" ? "" : ` (${of})`}`;
    const by = new Invocation(this.run, name, lifeOf(fn), heardSoon, lags);
    this.runStep(fn, execution, by).then(
      () => {
        by.end();
        trace.add(schedule.now, name, "returns");
        heardSoon();
      },
      (error: Error) => {
        by.end();
        trace.add(schedule.now, name, `throws ${error.name}: ${error.message}`);
        heardSoon(error.name);
      },
    );
  }

  /** `a1` for the first execution of the only payment, `p2-a3` where the world has several. */
  shortName(execution: string): string {
    const { payments } = this.run.plan;
    const attempt = execution.slice(UUID_LENGTH + 1) || "a1";
    const index = payments.findIndex(({ payment_id }) => execution.startsWith(payment_id));
    return payments.length === 1 ? attempt : `p${index + 1}-${attempt}`;
  }
}

const UUID_LENGTH = 36;

const shown = ({ name, status, error, redrives }: Execution): SagaExecution => ({
  name,
  status,
  redrives,
  ...(error === undefined ? {} : { error }),
});
