// The merchant: sends a request with one key until it is answered, now and then once too often, and
// may withdraw the payment.
import { acceptPayment } from "../../functions/accept-payment/accept-payment.ts";
import { isTerminal } from "../../functions/lib/domain/status.ts";
import type { World } from "./world.ts";

const KEY = "order-1";
const MERCHANT = "m1";
const MINUTE = 60_000;
const MOST_POSTS = 12;

export class Merchant {
  /** The bodies of the 202 answers that it got. */
  readonly answers = new Set<string>();
  cancelTaken = false;
  private readonly world: World;
  private readonly cancelIgnoresPivot: boolean;

  constructor(world: World, cancelIgnoresPivot: boolean) {
    this.world = world;
    this.cancelIgnoresPivot = cancelIgnoresPivot;
  }

  start(): void {
    const { random, schedule, plan } = this.world.run;
    const clients = random.chance(0.3) ? 2 : 1;
    for (let client = 0; client < clients; client++) schedule.in(random.between(0, 300), () => this.post(1));
    if (plan.cancel_at_ms !== undefined) schedule.in(plan.cancel_at_ms, () => this.cancel());
  }

  private post(attempt: number): void {
    const { schedule, random, plan } = this.world.run;
    const again = () => {
      if (attempt >= MOST_POSTS) return;
      const wait = attempt < MOST_POSTS / 2 ? random.between(100, 20_000) : plan.calm_at_ms + MINUTE;
      schedule.in(wait, () => this.post(attempt + 1));
    };
    const { body } = this.world.scenario;
    const request = {
      merchantId: MERCHANT,
      requestId: `request-${attempt}-${schedule.events}`,
      idempotencyKey: KEY,
      body,
    };
    this.world.invoke(
      "accept-payment",
      async (by) => {
        const ports = {
          payments: this.world.storeOf(by),
          sagas: this.world.starts.starterOf(by),
          ...this.world.gate,
          clock: this.world.clock(),
          takesOrders: true,
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
    const payment = this.world.payment();
    const { schedule, trace } = this.world.run;
    if (!payment || isTerminal(payment.status) || payment.cancel_requested_at !== undefined) return;
    const pivot = payment.marks.intent[this.world.scenario.pivot] !== undefined;
    if (pivot && !this.cancelIgnoresPivot) return;
    this.world.store.alter(payment.payment_id, { cancel_requested_at: this.world.clock().now() });
    this.cancelTaken = true;
    trace.fault(schedule.now, "merchant", "cancels", "cancel");
  }
}
