// The way of events: the table's stream in order, the bus that refuses some and loses some, and a
// queue that delivers late, twice and out of order to verify-integrity.
import type { PaymentEvent } from "../../functions/lib/contracts/event-types.ts";
import type { VerificationQueue } from "../../functions/lib/ports/verification-queue.ts";
import { relayEvents } from "../../functions/relay-events/relay-events.ts";
import { verifyIntegrity } from "../../functions/verify-integrity/verify-integrity.ts";
import { type Invocation, isCalm } from "./invocation.ts";
import { ledgerOf } from "./ports.ts";
import { seenAtClosing, verificationsOf } from "./verifications.ts";
import type { World } from "./world.ts";

const MOST_RECEIVES = 12;
const VISIBILITY_MS = 60_000;

export class Announcements {
  /** How many events of each payment are relayed. */
  private readonly relayed = new Map<string, number>();
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
    if (this.polling) return;
    const due = this.world.store.ids().flatMap((id) => this.world.store.trail(id, this.relayed.get(id)));
    if (due.length === 0) return;
    this.polling = true;
    const { schedule, random } = this.world.run;
    const again = (taken: number) => {
      for (const { payment_id, sequence } of due.slice(0, taken)) this.relayed.set(payment_id, sequence);
      this.polling = false;
      schedule.in(200, () => this.poll());
    };
    schedule.in(random.between(0, 500), () => {
      const records = due.map((event, index) => ({ position: String(index), event }));
      this.world.invoke(
        "relay-events",
        async () => {
          const position = await relayEvents({
            publish: async (events) => this.publish(events.map(({ event }) => event)),
          })(records);
          again(position === undefined ? due.length : Number(position));
        },
        () => again(0),
      );
    });
  }

  private publish(events: PaymentEvent[]): boolean[] {
    const { schedule, random, trace } = this.world.run;
    return events.map((event) => {
      if (!isCalm(this.world.run) && random.chance(0.05)) return false;
      if (!isCalm(this.world.run) && random.chance(0.02)) {
        trace.fault(schedule.now, "the bus", `loses ${event.type}`, "event lost");
        return true;
      }
      for (let copies = random.chance(0.1) ? 2 : 1; copies > 0; copies--)
        schedule.in(random.between(10, 2_000), () => this.receive(event, 1));
      return true;
    });
  }

  /** What is queued another way than by the bus. */
  queueOf(by: Invocation): VerificationQueue {
    return verificationsOf(this.world.run, by, (event) => this.receive(event, 1));
  }

  private receive(event: PaymentEvent, looks: number): void {
    const { world } = this;
    const { run } = world;
    const again = () => {
      if (looks < MOST_RECEIVES) run.schedule.in(VISIBILITY_MS, () => this.receive(event, looks + 1));
    };
    world.invoke(
      "verify-integrity",
      async (by) => {
        const ports = {
          payments: world.altered(world.storeOf(by), "verify-integrity"),
          ledger: seenAtClosing(world, ledgerOf(world, by)),
          verifications: this.queueOf(by),
          findings: world.findings.through(by.store),
          clock: by.clock,
        };
        const verdict = await verifyIntegrity(ports)(event, looks);
        return verdict === "open" ? undefined : verdict;
      },
      again,
    );
  }
}
