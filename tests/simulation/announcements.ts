// The way of events: the table's stream in order, the bus that refuses some, and a queue that
// delivers late, twice and out of order to verify-integrity.
import type { PaymentEvent } from "../../functions/lib/contracts/event-types.ts";
import { relayEvents } from "../../functions/relay-events/relay-events.ts";
import { verifyIntegrity } from "../../functions/verify-integrity/verify-integrity.ts";
import { isCalm } from "./invocation.ts";
import type { World } from "./world.ts";

const MOST_RECEIVES = 12;
const VISIBILITY_MS = 60_000;

export class Announcements {
  private relayed = 0;
  private polling = false;
  private readonly world: World;

  constructor(world: World) {
    this.world = world;
  }

  /**
   * Relays what the stream has, batch after batch; a batch that failed comes again from where it
   * stopped.
   */
  poll(): void {
    const [paymentId = ""] = this.world.store.ids();
    const due = this.world.store.trail(paymentId).slice(this.relayed);
    if (this.polling || due.length === 0) return;
    this.polling = true;
    const { schedule, random } = this.world.run;
    const again = (resumeAt: number) => {
      this.relayed = resumeAt;
      this.polling = false;
      schedule.in(200, () => this.poll());
    };
    schedule.in(random.between(0, 500), () => {
      const records = due.map((event, index) => ({ position: String(this.relayed + index), event }));
      this.world.invoke(
        "relay-events",
        async () => {
          const position = await relayEvents({
            publish: async (events) => this.publish(events.map(({ event }) => event)),
          })(records);
          again(position === undefined ? this.relayed + due.length : Number(position));
        },
        () => again(this.relayed),
      );
    });
  }

  private publish(events: PaymentEvent[]): boolean[] {
    const { schedule, random } = this.world.run;
    return events.map((event) => {
      if (!isCalm(this.world.run) && random.chance(0.05)) return false;
      for (let copies = random.chance(0.1) ? 2 : 1; copies > 0; copies--)
        schedule.in(random.between(10, 2_000), () => this.receive(event, 1));
      return true;
    });
  }

  private receive(event: PaymentEvent, looks: number): void {
    const { ledger, run } = this.world;
    const again = () => {
      if (looks < MOST_RECEIVES) run.schedule.in(VISIBILITY_MS, () => this.receive(event, looks + 1));
    };
    this.world.invoke(
      "verify-integrity",
      async (by) => {
        const ports = {
          payments: this.world.storeOf(by),
          ledger,
          findings: this.world.findingsOf(by),
          clock: run.schedule.clock(run.random),
        };
        const verdict = await verifyIntegrity(ports)(event, looks);
        return verdict === "open" ? undefined : verdict;
      },
      again,
    );
  }
}
