// Whoever looks after sagas that gave up: the status event and the sweep, which park and redrive by themselves, and a person,
// who redrives, starts another attempt, or redrives an execution past us in Step Functions' own console.
import { hasFailed, type SagaExecution } from "../../functions/lib/domain/attempts.ts";
import { isDone, isTerminal } from "../../functions/lib/domain/payment.ts";
import { ServiceUnavailable } from "../../functions/lib/errors/registry.ts";
import type { SagaExecutions } from "../../functions/lib/ports/saga-executions.ts";
import { redriveSaga } from "../../functions/redrive-saga/redrive-saga.ts";
import { sweepPayments } from "../../functions/sweep-payments/sweep-payments.ts";
import { Watch } from "../../functions/sweep-payments/watch-sagas.ts";
import { heedFailedExecution } from "../../functions/verify-integrity/failed-execution.ts";
import type { Execution } from "./engine.ts";
import { type Invocation, isCalm } from "./invocation.ts";
import type { World } from "./world.ts";

const MINUTE = 60_000;
const SWEEP_MS = 2 * MINUTE;
/** Seventeen hours: longer than ten redrives at growing distances take, an hour each at most. */
const MOST_SWEEPS = 80;
const MOST_RECEIVES = 5;
const MOST_INTERVENTIONS = 6;

export class Operator {
  private readonly world: World;
  private sweeps = 0;
  private interventions = 0;

  constructor(world: World) {
    this.world = world;
  }

  /** Sweeps until nothing is open, as long as a sweep may still change anything. */
  start(): void {
    const { schedule, weather } = this.world.run;
    for (const at of weather.attempts_at_ms) schedule.in(at, () => this.takeUp(true));
    schedule.in(SWEEP_MS, () => this.sweep());
  }

  /** Step Functions says that an execution failed: lost now and then, and twice now and then. */
  hear(execution: Execution): void {
    const { schedule, random, story } = this.world.run;
    const copies = isCalm(this.world.run) ? 1 : random.pick([0, 1, 1, 1, 2]);
    for (let copy = 0; copy < copies; copy++)
      schedule.in(random.between(100, 5_000), () => this.heed(execution.name, 1));
    if (random.chance(0.1) && execution.redrives < 3)
      schedule.in(random.between(0, 5) * MINUTE, () => {
        if (execution.status !== "FAILED") return;
        story.fault(schedule.now, "somebody", `redrives ${execution.name} past us`, "redriven past us");
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
        return (await sweepPayments({ ...ports, shards: 1, watch: new Watch(ports) })()) || undefined;
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

  /** What the machinery leaves to a person: a parked payment that it redrives no more, an announcement that failed. */
  private intervene(): void {
    const payment = this.world.payment();
    const stuck =
      payment && (!isTerminal(payment.status) || (payment.capture_id && !isDone(payment, "notify-payment")));
    if (stuck && this.interventions++ < MOST_INTERVENTIONS) this.takeUp(false);
  }

  /** A person's word: the execution goes on, or another attempt takes over from whatever runs. */
  private takeUp(new_attempt: boolean): void {
    const payment = this.world.payment();
    if (!payment) return;
    const { schedule, story } = this.world.run;
    const what = new_attempt ? "orders a new attempt" : "orders a redrive";
    story.fault(schedule.now, "operator", what, what);
    const request = { paymentId: payment.payment_id, body: { new_attempt } };
    this.world.invoke(
      "redrive-saga",
      (by) => redriveSaga(this.ports(by))(request),
      () => undefined,
    );
  }

  private ports(by: Invocation) {
    const { world } = this;
    return {
      ...world.gate,
      payments: world.storeOf(by),
      sagas: world.starts.starterOf(by),
      executions: this.executionsOf(by),
      findings: world.findingsOf(by),
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
          run.story.fault(run.schedule.now, by.name, `redrives ${name}`, "redrive");
          engine.redrive(name);
          return {};
        }),
    };
  }
}

const described = (execution: Execution | undefined): SagaExecution | undefined =>
  execution && { ...execution };
