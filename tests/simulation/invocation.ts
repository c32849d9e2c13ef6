// A function that runs: its life is bounded, it may die between any two of its requests, and nobody
// who gave up on it stops it. What it sent before it died still arrives.
import { StoreContention, StoreUnavailable } from "../../functions/lib/errors/registry.ts";
import type { Clock } from "../../functions/lib/ports/clock.ts";
import type { Random } from "../../scripts/lib/random.ts";
import type { Carry } from "../support/memory/memory-payment-store.ts";
import { type FaultPlan, faultOf } from "./fault-plan.ts";
import type { Schedule } from "./schedule.ts";
import type { Trace } from "./trace.ts";

/** What every part of one run shares. */
export type Run = { schedule: Schedule; random: Random; trace: Trace; plan: FaultPlan };

export const isCalm = ({ schedule, plan }: Run): boolean => schedule.now >= plan.calm_at_ms;

/** How long a message is on its way. */
export const latency = (run: Run): number =>
  !isCalm(run) && run.random.chance(run.plan.slow) ? run.random.between(0, 6_000) : run.random.between(1, 40);

const skewOf = ({ host_skew_ms: most }: FaultPlan, random: Random): number =>
  most === 0 ? 0 : random.between(-most, most);

const CRASHES = ["Runtime.ExitError", "Lambda.Unknown", "Lambda.ServiceException"] as const;
const LATE_WRITE_MS = 8_000;

export class Invocation {
  alive = true;
  readonly name: string;
  /** Of the host that it runs on. */
  readonly clock: Clock;
  private readonly run: Run;
  private readonly lags: boolean;
  private readonly onDeath: (error: string) => void;

  constructor(run: Run, name: string, lifeMs: number, onDeath: (error: string) => void, lags = false) {
    this.run = run;
    this.lags = lags;
    this.name = name;
    this.onDeath = onDeath;
    const { random, schedule, plan } = run;
    this.clock = schedule.clock(random, skewOf(plan, random));
    const deadline = schedule.in(lifeMs, () => this.die("Sandbox.Timedout"));
    this.end = () => {
      this.alive = false;
      deadline.cancelled = true;
    };
  }

  /** How long its messages are on their way: one that lags is slow with everything. */
  pace(): number {
    return this.lags && !isCalm(this.run) ? this.run.random.between(0, 5_000) : latency(this.run);
  }

  /** It returned: nothing can happen to it any more. */
  readonly end: () => void;

  die(error: string): void {
    if (!this.alive) return;
    this.end();
    this.run.trace.fault(this.run.schedule.now, this.name, `dies with ${error}`, `function dies: ${error}`);
    this.onDeath(error);
  }

  /** True when it died at this very await. */
  stumbles(): boolean {
    const { random, plan } = this.run;
    if (!isCalm(this.run) && random.chance(plan.lambda.crash)) this.die(random.pick(CRASHES));
    return !this.alive;
  }

  /**
   * Sends a request; the effect happens at one later instant, whatever becomes of the sender, and
   * the answer after it.
   */
  request<T>(
    deliver: (answer: (after: number, settle: (resolve: Resolve<T>, reject: Reject) => void) => void) => void,
  ) {
    return new Promise<T>((resolve, reject) => {
      if (!this.alive || this.stumbles()) return;
      deliver((after, settle) => {
        this.run.schedule.in(after, () => {
          if (this.alive && !this.stumbles()) settle(resolve, reject);
        });
      });
    });
  }

  /**
   * Round trips to the store: contention and outages leave nothing, a lost or a late one is applied
   * and says nothing.
   */
  readonly store: Carry = <T>(operation: string, effect: () => T): Promise<T> => {
    const { run } = this;
    const { schedule, random, trace, plan } = run;
    const fault = isCalm(run) ? undefined : faultOf(plan.store, random, schedule.now);
    const apply = (): ((resolve: Resolve<T>, reject: Reject) => void) => {
      try {
        const value = effect();
        trace.add(schedule.now, this.name, `store: ${operation}${value === false ? " (stale)" : ""}`);
        return (resolve) => resolve(value);
      } catch (error) {
        const { name } = error as Error;
        trace.add(schedule.now, this.name, `store: ${operation} ✗ ${name}`);
        return (_, reject) => reject(error);
      }
    };
    return this.request<T>((answer) => {
      if (fault)
        trace.fault(schedule.now, this.name, `store: ${operation} meets ${fault}`, `store: ${fault}`);
      const noAnswer = (_: Resolve<T>, reject: Reject) => reject(new StoreUnavailable("no answer"));
      if (fault === "contention") answer(this.pace(), (_, reject) => reject(new StoreContention("busy")));
      else if (fault === "unavailable") answer(this.pace(), noAnswer);
      else if (fault === "late") {
        schedule.in(random.between(0, LATE_WRITE_MS), apply);
        answer(this.pace(), noAnswer);
      } else
        schedule.in(this.pace(), () => {
          const settle = apply();
          if (fault === "lost") answer(this.pace(), noAnswer);
          // The SDK sent it again: an update is applied twice, a transaction's token tells the
          // repetition.
          else if (fault === "resent" && !operation.startsWith("commit")) {
            schedule.in(this.pace(), () => answer(this.pace(), apply()));
          } else answer(this.pace(), settle);
        });
    });
  };
}

type Resolve<T> = (value: T) => void;
type Reject = (error: unknown) => void;
