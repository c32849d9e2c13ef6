// Whoever looks after sagas that gave up. The status event and the sweep park and redrive by
// themselves. A person redrives, starts another attempt, or redrives an execution past us in Step
// Functions' own console.

import type { Learned } from "../../functions/lib/contracts/types.ts";
import { isDone, type PaymentRecord } from "../../functions/lib/domain/payment.ts";
import { executionOf, paymentIdOf } from "../../functions/lib/domain/saga-executions.ts";
import { isTerminal } from "../../functions/lib/domain/status.ts";
import type { Provider } from "../../functions/lib/ports/provider.ts";
import { redriveSaga } from "../../functions/redrive-saga/redrive-saga.ts";
import { heedFailedExecution } from "../../functions/verify-integrity/failed-execution.ts";
import { operatorNamed } from "../support/operator.ts";
import type { Execution } from "./engine.ts";
import { truthAbout, untruthAbout } from "./evidence.ts";
import { type Invocation, isCalm } from "./invocation.ts";
import { over } from "./mutants.ts";
import type { Order } from "./order.ts";
import { carePortsOf } from "./ports.ts";
import { Sweeps } from "./sweeps.ts";
import type { World } from "./world.ts";

const MINUTE = 60_000;
/** From Friday evening to Monday morning. */
const WEEKEND_MS = 60 * 60 * MINUTE;
const MOST_RECEIVES = 5;
const MOST_INTERVENTIONS = 10;

export class Operator {
  private readonly world: World;
  private readonly sweeps: Sweeps;
  private readonly interventions = new Map<Order, number>();

  constructor(world: World) {
    this.world = world;
    this.sweeps = new Sweeps(world, () => this.lookAround());
  }

  start(): void {
    const { schedule } = this.world.run;
    for (const order of this.world.orders) {
      const { at_ms, attempts_at_ms, aborted_at_ms } = order.plan;
      for (const at of attempts_at_ms) schedule.in(at_ms + at, () => this.takeUp(order.payment(), true));
      if (aborted_at_ms !== undefined) schedule.in(at_ms + aborted_at_ms, () => this.abort(order));
    }
    this.sweeps.start();
  }

  /** Step Functions says that an execution failed: lost now and then, and twice now and then. */
  hear(execution: Execution): void {
    const { schedule, random, trace, plan } = this.world.run;
    const copies = isCalm(this.world.run) ? 1 : random.pick([0, 1, 1, 1, 2]);
    for (let copy = 0; copy < copies; copy++)
      schedule.in(random.between(100, 5_000), () => this.heed(execution.name, 1));
    if (plan.errs)
      schedule.in(random.between(0, 10) * MINUTE, () => this.err(paymentIdOf(execution.name) ?? ""));
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
    this.world.invoke(
      "verify-integrity",
      (by) => heedFailedExecution(carePortsOf(this.world, by, "verify-integrity"))({ name }),
      again,
    );
  }

  private abort(order: Order): void {
    const payment = order.payment();
    if (payment) this.world.engine.abort(executionOf(payment));
  }

  /** A person looks now and then, once the trouble is over. */
  private lookAround(): void {
    const { run, orders } = this.world;
    const isAway = run.plan.weekend && run.schedule.now < WEEKEND_MS;
    if (isCalm(run) && !isAway) for (const order of orders) this.intervene(order);
  }

  /**
   * What the machinery leaves to a person: a parked payment that it redrives no more, an
   * announcement that failed.
   */
  private intervene(order: Order): void {
    const payment = order.payment();
    const unannounced = payment?.status === "COMPLETED" && !isDone(payment, "notify-payment");
    const isStuck = payment && (!isTerminal(payment.status) || unannounced);
    const before = this.interventions.get(order) ?? 0;
    if (!isStuck || before >= MOST_INTERVENTIONS) return;
    this.interventions.set(order, before + 1);
    // What was held for a person is decided by one.
    this.world.decide();
    const learned = truthAbout(this.world, order, payment);
    // What is said may be no news to anybody: then it just goes on, or a new attempt does.
    this.takeUp(payment, false, learned, ({ message }) => {
      const isTooLate = message.includes("new_attempt");
      if (learned) this.takeUp(order.payment(), isTooLate, isTooLate ? learned : undefined);
    });
  }

  private err(paymentId: string): void {
    const order = this.world.orders.find(({ plan }) => plan.payment_id === paymentId);
    const payment = order?.payment();
    const untruth = order && payment && untruthAbout(this.world, order, payment);
    if (untruth) this.takeUp(payment, false, untruth);
  }

  /** A person's word: the execution goes on, or another attempt takes over from whatever runs. */
  private takeUp(
    payment: PaymentRecord | undefined,
    new_attempt: boolean,
    learned?: Learned,
    refused: (error: Error) => unknown = () => undefined,
  ): void {
    if (!payment) return;
    const { schedule, trace } = this.world.run;
    const knowing = learned ? `, knowing ${learned.operation} ${learned.state}` : "";
    const what = new_attempt ? "orders a new attempt" : `orders a redrive${knowing}`;
    trace.fault(schedule.now, "operator", what, what);
    const request = {
      paymentId: payment.payment_id,
      operator: operatorNamed("ops"),
      body: { new_attempt, ...(learned ? { learned } : {}) },
    };
    this.world.invoke(
      "redrive-saga",
      (by) => {
        const providerOf = (operation: Learned["operation"]) => this.providerOf(operation, by);
        return redriveSaga({ ...carePortsOf(this.world, by, "redrive-saga"), providerOf })(request);
      },
      refused,
    );
  }

  private providerOf(operation: Learned["operation"], by: Invocation): Provider {
    const fn = operation === "off_ramp" ? "off-ramp" : "on-ramp";
    const provider = this.world.books.providerFor(fn, by) as Provider;
    if (!this.world.believesOperators) return provider;
    const nature = { ...provider.nature, key_ttl_seconds: -1 };
    return over(provider, { nature, find: async () => ({ outcome: "absent" }) });
  }
}
