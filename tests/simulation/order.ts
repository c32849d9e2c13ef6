// One payment as its merchant asks for it: a request with one key until it is answered, now and
// then once too often. The merchant may withdraw it.

import { acceptPayment } from "../../functions/accept-payment/accept-payment.ts";
import type { PaymentRecord } from "../../functions/lib/domain/payment.ts";
import { isTerminal } from "../../functions/lib/domain/status.ts";
import { MemoryThrottle } from "../support/memory/memory-throttle.ts";
import { MERCHANT, type PaymentPlan } from "./payment-plan.ts";
import type { World } from "./world.ts";

const MINUTE = 60_000;
const MOST_POSTS = 12;

export class Order {
  readonly plan: PaymentPlan;
  /** The bodies of the 202 answers that the merchant got. */
  readonly answers = new Set<string>();
  cancelTaken = false;
  private readonly world: World;
  private readonly cancelIgnoresPivot: boolean;

  constructor(world: World, plan: PaymentPlan, cancelIgnoresPivot: boolean) {
    this.world = world;
    this.plan = plan;
    this.cancelIgnoresPivot = cancelIgnoresPivot;
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
    if (cancel_at_ms !== undefined) schedule.in(at_ms + cancel_at_ms, () => this.cancel());
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

  /** One conditional write, refused once the pivot is intended. */
  private cancel(): void {
    const payment = this.payment();
    const { schedule, trace } = this.world.run;
    if (!payment || isTerminal(payment.status) || payment.cancel_requested_at !== undefined) return;
    const pivot = payment.marks.intent[this.world.scenario.pivot] !== undefined;
    if (pivot && !this.cancelIgnoresPivot) return;
    this.world.store.alter(payment.payment_id, { cancel_requested_at: this.world.clock().now() });
    this.cancelTaken = true;
    trace.fault(schedule.now, "merchant", "cancels", "cancel");
  }
}
