// One payment as its merchant asks for it: a request with one key until it is answered, now and
// then once too often. The merchant may cancel it, and asks until that is answered.

import { acceptPayment } from "../../functions/accept-payment/accept-payment.ts";
import { cancelPayment } from "../../functions/cancel-payment/cancel-payment.ts";
import type { PaymentRecord } from "../../functions/lib/domain/payment.ts";
import { RequestError, ServiceUnavailable } from "../../functions/lib/errors/registry.ts";
import { MemoryThrottle } from "../support/memory/memory-throttle.ts";
import { MERCHANT, type PaymentPlan } from "./payment-plan.ts";
import type { World } from "./world.ts";

const MINUTE = 60_000;
const MOST_POSTS = 12;

export class Order {
  readonly plan: PaymentPlan;
  /** The bodies of the 202 answers that the merchant got. */
  readonly answers = new Set<string>();
  /** True once a cancel was answered with 202. */
  cancelTaken = false;
  private readonly world: World;

  constructor(world: World, plan: PaymentPlan) {
    this.world = world;
    this.plan = plan;
  }

  /** The payment at this instant; undefined before it is accepted. */
  payment(): PaymentRecord | undefined {
    return this.world.store.read(this.plan.payment_id);
  }

  start(): void {
    const { random, schedule } = this.world.run;
    const { at_ms, cancel_at_ms } = this.plan;
    const clients = random.chance(0.3) ? 2 : 1;
    for (let client = 0; client < clients; client++)
      schedule.in(at_ms + random.between(0, 300), () => this.post(1));
    if (cancel_at_ms !== undefined) schedule.in(at_ms + cancel_at_ms, () => this.cancel(1));
  }

  private post(attempt: number): void {
    const { schedule, random, plan } = this.world.run;
    const again = () => {
      if (attempt >= MOST_POSTS) return;
      const wait = attempt < MOST_POSTS / 2 ? random.between(100, 20_000) : plan.calm_at_ms + MINUTE;
      schedule.in(wait, () => this.post(attempt + 1));
    };
    const request = {
      merchantId: MERCHANT,
      requestId: `request-${attempt}-${schedule.events}`,
      idempotencyKey: this.plan.key,
      body: { ...this.world.scenario.body, amount: this.plan.amount },
    };
    this.world.invoke(
      "accept-payment",
      async (by) => {
        const ports = {
          payments: this.world.storeOf(by),
          sagas: this.world.starts.starterOf(by),
          ...this.world.gate,
          throttle: new MemoryThrottle(),
          takesOrders: true,
          clock: by.clock,
        };
        const { response, payment_id } = await acceptPayment(ports)(request);
        this.answers.add(response);
        if (random.chance(0.1)) schedule.in(random.between(0, 30_000), () => this.post(MOST_POSTS));
        return payment_id;
      },
      again,
    );
  }

  /** The real function, until it answers: whoever got no answer, or a 503, sends it again. */
  private cancel(attempt: number): void {
    const { schedule, random, trace, plan } = this.world.run;
    if (!this.payment()) return;
    trace.fault(schedule.now, "merchant", "cancels", "cancel");
    const again = (error: Error): void => {
      const isAnswer = error instanceof RequestError && !(error instanceof ServiceUnavailable);
      if (isAnswer || attempt >= MOST_POSTS) return;
      const wait = attempt < MOST_POSTS / 2 ? random.between(100, 20_000) : plan.calm_at_ms + MINUTE;
      schedule.in(wait, () => this.cancel(attempt + 1));
    };
    const request = {
      merchantId: MERCHANT,
      paymentId: this.plan.payment_id,
      idempotencyKey: `cancel-${this.plan.key}`,
      body: {},
    };
    this.world.invoke(
      "cancel-payment",
      async (by) => {
        const ports = {
          payments: this.world.altered(this.world.storeOf(by), "cancel-payment"),
          starts: this.world.starts.starterOf(by),
          throttle: new MemoryThrottle(),
        };
        const { payment } = await cancelPayment(ports)(request);
        this.cancelTaken = true;
        return payment.status;
      },
      again,
    );
  }
}
