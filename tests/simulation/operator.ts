// Whoever looks after sagas that gave up. The status event and the sweep park and redrive by
// themselves. A person redrives, starts another attempt, or redrives an execution past us in Step
// Functions' own console.

import type { Learned } from "../../functions/lib/contracts/types.ts";
import { isDone, isRefused, type PaymentRecord } from "../../functions/lib/domain/payment.ts";
import {
  type ForwardOperation,
  providerKey,
  STEP_OF,
  type Step,
} from "../../functions/lib/domain/saga-definition.ts";
import { hasFailed, type SagaExecution } from "../../functions/lib/domain/saga-executions.ts";
import { isTerminal } from "../../functions/lib/domain/status.ts";
import { ServiceUnavailable } from "../../functions/lib/errors/registry.ts";
import type { Provider } from "../../functions/lib/ports/provider.ts";
import type { SagaExecutions } from "../../functions/lib/ports/saga-executions.ts";
import { redriveSaga } from "../../functions/redrive-saga/redrive-saga.ts";
import { sweepPayments } from "../../functions/sweep-payments/sweep-payments.ts";
import { Watch } from "../../functions/sweep-payments/watch-sagas.ts";
import { heedFailedExecution } from "../../functions/verify-integrity/failed-execution.ts";
import { MemorySweepCursor } from "../support/memory/memory-sweep-cursor.ts";
import type { Execution } from "./engine.ts";
import { type Invocation, isCalm } from "./invocation.ts";
import { over } from "./mutants.ts";
import type { World } from "./world.ts";

const MINUTE = 60_000;
const SWEEP_MS = 2 * MINUTE;
const SWEEP_LIFE_MS = 40_000;
/** Seventeen hours: longer than ten redrives at growing distances take, an hour each at most. */
const MOST_SWEEPS = 80;
const MOST_RECEIVES = 5;
const MOST_INTERVENTIONS = 6;

export class Operator {
  private readonly world: World;
  private readonly cursor = new MemorySweepCursor();
  private sweeps = 0;
  private interventions = 0;

  constructor(world: World) {
    this.world = world;
  }

  /** Sweeps until nothing is open, as long as a sweep may still change anything. */
  start(): void {
    const { schedule, plan } = this.world.run;
    for (const at of plan.attempts_at_ms) schedule.in(at, () => this.takeUp(true));
    schedule.in(SWEEP_MS, () => this.sweep());
  }

  /** Step Functions says that an execution failed: lost now and then, and twice now and then. */
  hear(execution: Execution): void {
    const { schedule, random, trace, plan } = this.world.run;
    const copies = isCalm(this.world.run) ? 1 : random.pick([0, 1, 1, 1, 2]);
    for (let copy = 0; copy < copies; copy++)
      schedule.in(random.between(100, 5_000), () => this.heed(execution.name, 1));
    if (plan.errs) schedule.in(random.between(0, 10) * MINUTE, () => this.err());
    if (random.chance(0.1) && execution.redrives < 3)
      schedule.in(random.between(0, 5) * MINUTE, () => {
        if (execution.status !== "FAILED") return;
        trace.fault(schedule.now, "somebody", `redrives ${execution.name} past us`, "redriven past us");
        this.world.engine.redrive(execution.name);
      });
  }

  private heed(name: string, receive: number): void {
    const again = () => {
      if (receive < MOST_RECEIVES) this.world.run.schedule.in(MINUTE, () => this.heed(name, receive + 1));
    };
    this.world.invoke("verify-integrity", (by) => heedFailedExecution(this.ports(by))({ name }), again);
  }

  private sweep(): void {
    const { world } = this;
    const { schedule } = world.run;
    world.invoke(
      "sweep-payments",
      async (by) => {
        const ports = this.ports(by);
        const until = ports.clock.now() + SWEEP_LIFE_MS;
        const { queued } = await sweepPayments({
          ...ports,
          cursor: this.cursor,
          shards: 1,
          until,
          watch: new Watch(ports),
        })();
        return queued || undefined;
      },
      () => undefined,
    );
    const payment = world.payment();
    const closed = payment?.verified_at !== undefined;
    if (!closed && ++this.sweeps < MOST_SWEEPS) {
      schedule.in(this.sweeps < 30 ? SWEEP_MS : 10 * SWEEP_MS, () => this.sweep());
    }
    if (isCalm(world.run) && this.sweeps % 10 === 0) this.intervene();
  }

  /**
   * What the machinery leaves to a person: a parked payment that it redrives no more, an
   * announcement that failed.
   */
  private intervene(): void {
    const payment = this.world.payment();
    const unannounced = payment?.status === "COMPLETED" && !isDone(payment, "notify-payment");
    const stuck = payment && (!isTerminal(payment.status) || unannounced);
    if (!stuck || this.interventions++ >= MOST_INTERVENTIONS) return;
    // What was held for a person is decided by one.
    this.world.decide();
    this.takeUp(false, this.inquire(payment));
  }

  /** Where the key of what is in doubt may have expired, somebody reads the provider's books. */
  private inquire(payment: PaymentRecord): Learned | undefined {
    const operation = this.forgets() ? this.inDoubt(payment) : undefined;
    const truth = operation && this.world.books.truthOf(providerKey(payment.payment_id, operation));
    return operation && truth && { operation, ...truth };
  }

  /** Where it remembers, somebody says what is not so: nothing may come of it. */
  private err(): void {
    const payment = this.world.payment();
    const operation = payment && !this.forgets() ? this.inDoubt(payment) : undefined;
    if (!payment || !operation) return;
    const truth = this.world.books.truthOf(providerKey(payment.payment_id, operation));
    const gives = operation.endsWith("_ramp") ? { received: 1 } : {};
    this.takeUp(
      false,
      truth.state === "succeeded"
        ? { operation, state: "tombstoned", id: "error-1" }
        : { operation, state: "succeeded", id: "error-1", ...gives },
    );
  }

  private forgets(): boolean {
    return this.world.run.plan.nature.key_ttl_seconds < 3_600;
  }

  private inDoubt(payment: PaymentRecord): ForwardOperation | undefined {
    return (Object.keys(STEP_OF) as ForwardOperation[])
      .filter((one) => this.world.scenario.operations.includes(one) && payment.facts?.[one] === undefined)
      .find((one) => isInDoubt(payment, STEP_OF[one]));
  }

  /** A person's word: the execution goes on, or another attempt takes over from whatever runs. */
  private takeUp(new_attempt: boolean, learned?: Learned): void {
    const payment = this.world.payment();
    if (!payment) return;
    const { schedule, trace } = this.world.run;
    const knowing = learned ? `, knowing ${learned.operation} ${learned.state}` : "";
    const what = new_attempt ? "orders a new attempt" : `orders a redrive${knowing}`;
    trace.fault(schedule.now, "operator", what, what);
    const request = {
      paymentId: payment.payment_id,
      operator: "ops",
      body: { new_attempt, ...(learned ? { learned } : {}) },
    };
    this.world.invoke(
      "redrive-saga",
      (by) =>
        redriveSaga({ ...this.ports(by), providerOf: (operation) => this.providerOf(operation, by) })(
          request,
        ),
      () => undefined,
    );
  }

  private providerOf(operation: Learned["operation"], by: Invocation): Provider {
    const fn = operation === "off_ramp" ? "off-ramp" : "on-ramp";
    const provider = this.world.books.providerFor(fn, by) as Provider;
    if (!this.world.believesOperators) return provider;
    const nature = { ...provider.nature, key_ttl_seconds: -1 };
    return over(provider, { nature, find: async () => ({ outcome: "absent" }) });
  }

  private ports(by: Invocation) {
    const { world } = this;
    return {
      ...world.gate,
      payments: world.storeOf(by),
      sagas: world.starts.starterOf(by),
      executions: this.executionsOf(by),
      findings: world.findingsOf(by),
      policies: world.policiesOf(by),
      clock: world.run.schedule.clock(world.run.random),
    };
  }

  private executionsOf(by: Invocation): SagaExecutions {
    const { engine, run } = this.world;
    const ask = <T>(effect: () => T): Promise<T> =>
      by.request<T>((answer) => {
        const fails = !isCalm(run) && run.random.chance(0.05);
        run.schedule.in(by.pace(), () => {
          const found = effect();
          answer(by.pace(), (resolve, reject) =>
            fails ? reject(new ServiceUnavailable("Step Functions gave no usable answer")) : resolve(found),
          );
        });
      });
    return {
      describe: (_, name) => ask(() => described(engine.executions.get(name))),
      lastState: (_, name) => ask(() => engine.executions.get(name)?.state),
      redrive: (_, name) =>
        ask(() => {
          const execution = engine.executions.get(name);
          if (!execution || !hasFailed(execution)) return { refused: "it has not failed" };
          run.trace.fault(run.schedule.now, by.name, `redrives ${name}`, "redrive");
          engine.redrive(name);
          return {};
        }),
    };
  }
}

const isInDoubt = (payment: PaymentRecord, step: Step): boolean =>
  payment.marks.intent[step] !== undefined && !isDone(payment, step) && !isRefused(payment, step);

const described = (execution: Execution | undefined): SagaExecution | undefined =>
  execution && { ...execution };
