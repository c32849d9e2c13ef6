// Runs functions by name, with one pool of environments each. The faults that `/sandbox/faults`
// orders are put around a function, never inside.
import type { Counters } from "../common/counters.ts";
import type { Faults } from "../common/faults.ts";
import { newTrace } from "../common/trace.ts";
import { functionArn } from "./catalog.ts";
import type { Program } from "./environment.ts";
import { failed, failure, type Outcome } from "./messages.ts";
import { Pool } from "./pool.ts";

/**
 * fail_before: the function does not run. fail_after, timeout_after: it runs, and its
 * answer is replaced.
 */
export const FUNCTION_FAULTS = ["fail_before", "fail_after", "timeout_after"] as const;

type FunctionFault = (typeof FUNCTION_FAULTS)[number];

const ANSWERS: Record<FunctionFault, Outcome> = {
  fail_before: failed(failure("Runtime.ExitError", "a fault was ordered: the function did not run")),
  fail_after: failed(
    failure("Runtime.ExitError", "a fault was ordered: the function ran, then its environment died"),
  ),
  timeout_after: failed(failure("Sandbox.Timedout", "a fault was ordered: the function ran, then timed out")),
};

const isFunctionFault = (fault: string | undefined): fault is FunctionFault =>
  FUNCTION_FAULTS.some((known) => known === fault);

export class Runner {
  private readonly pools = new Map<string, Pool>();
  private readonly programFor: (name: string) => Program;
  private readonly waitLimitMs: number;
  private readonly counters: Counters;
  private readonly faults: Faults;

  constructor(
    programFor: (name: string) => Program,
    waitLimitMs: number,
    counters: Counters,
    faults: Faults,
  ) {
    this.programFor = programFor;
    this.waitLimitMs = waitLimitMs;
    this.counters = counters;
    this.faults = faults;
  }

  /**
   * Runs one event (JSON text) and resolves with its outcome. Throws TooManyRequests, also when the
   * caller is gone before the event began.
   */
  async run(
    name: string,
    event: string,
    requestId: string,
    gone?: AbortSignal,
    trace?: string,
  ): Promise<Outcome> {
    this.counters.add("lambda.invocations");
    this.counters.add(`lambda.invocations.${name}`);
    const outcome = await this.underFaults(name, event, requestId, gone, trace);
    if (outcome.failed) this.counters.add(`lambda.errors.${name}`);
    return outcome;
  }

  private async underFaults(
    name: string,
    event: string,
    requestId: string,
    gone?: AbortSignal,
    traceHeader = newTrace(),
  ): Promise<Outcome> {
    const fault = this.faults.strike(name);
    if (fault === "fail_before") return ANSWERS.fail_before;
    const invocation = { requestId, event, functionArn: functionArn(name), traceHeader };
    const outcome = await this.pool(name).run(invocation, gone);
    return isFunctionFault(fault) ? ANSWERS[fault] : outcome;
  }

  /** Starts an environment of the function, so that its first event does not wait for one. */
  prepare(name: string): Promise<void> {
    return this.pool(name).prepare();
  }

  /** How many events of these functions wait for an environment. */
  waiting(names: string[]): number {
    return names.reduce((sum, name) => sum + (this.pools.get(name)?.queued ?? 0), 0);
  }

  private pool(name: string): Pool {
    const known = this.pools.get(name);
    if (known) return known;
    const pool = new Pool(this.programFor(name), this.waitLimitMs);
    this.pools.set(name, pool);
    return pool;
  }
}
