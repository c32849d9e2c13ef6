// The sweep, again and again until every payment is closed, as long as a sweep may still change
// anything. A person looks around after every tenth.
import type { PaymentRecord } from "../../functions/lib/domain/payment.ts";
import type { Clock } from "../../functions/lib/ports/clock.ts";
import type { PaymentStore } from "../../functions/lib/ports/payment-store.ts";
import { Books } from "../../functions/sweep-payments/see-to-books.ts";
import { sweepPayments } from "../../functions/sweep-payments/sweep-payments.ts";
import { Watch } from "../../functions/sweep-payments/watch-sagas.ts";
import { MemorySweepCursor } from "../support/memory/memory-sweep-cursor.ts";
import type { Invocation } from "./invocation.ts";
import { over } from "./mutants.ts";
import { carePortsOf } from "./ports.ts";
import type { World } from "./world.ts";

const MINUTE = 60_000;
const SWEEP_LIFE_MS = 40_000;

/**
 * How far sweeps are apart that see anything: every two minutes for the first hour. Then seventeen
 * hours, for ten redrives at growing distances take that long, an hour each at most. Then five
 * days: a weekend, after which people look a few times more, when every key is forgotten.
 */
const PACE = [
  { sweeps: 30, pauseMs: 2 * MINUTE },
  { sweeps: 50, pauseMs: 20 * MINUTE },
  { sweeps: 40, pauseMs: 180 * MINUTE },
] as const;

export class Sweeps {
  private readonly world: World;
  private readonly cursor = new MemorySweepCursor();
  private readonly lookAround: () => void;
  private done = 0;

  constructor(world: World, lookAround: () => void) {
    this.world = world;
    this.lookAround = lookAround;
  }

  start(): void {
    this.world.run.schedule.in(PACE[0].pauseMs, () => this.sweep());
  }

  private sweep(): void {
    const { world } = this;
    world.invoke(
      "sweep-payments",
      async (by) => {
        const ports = { ...carePortsOf(world, by, "sweep-payments"), clock: this.clockOf(by) };
        const until = ports.clock.now() + SWEEP_LIFE_MS;
        const seers = { watch: new Watch(ports), books: new Books(ports) };
        const payments = inOneTrip(ports.payments);
        const sweep = sweepPayments({ ...ports, ...seers, payments, cursor: this.cursor, shards: 1, until });
        return (await sweep()).queued || undefined;
      },
      () => undefined,
    );
    this.done += 1;
    const pauseMs = this.pauseMs();
    const isOver = world.orders.every(({ plan }) => world.store.isClosed(plan.payment_id));
    if (!isOver && pauseMs !== undefined) world.run.schedule.in(pauseMs, () => this.sweep());
    if (this.done % 10 === 0) this.lookAround();
  }

  /** There is a sweep every minute: one of these has the luck of all since the one before it. */
  private clockOf({ clock }: Invocation): Clock {
    const sweeps = (this.pauseMs() ?? MINUTE) / MINUTE;
    return over(clock, { random: () => clock.random() / sweeps });
  }

  /** Until the next sweep; undefined after the last. */
  private pauseMs(): number | undefined {
    let sweeps = 0;
    for (const part of PACE) {
      sweeps += part.sweeps;
      if (this.done < sweeps) return part.pauseMs;
    }
    return undefined;
  }
}

/** A payment at a glance and the same whole are one trip here: no guard may rely on the second. */
function inOneTrip(payments: PaymentStore): PaymentStore {
  const read = new Map<string, PaymentRecord>();
  return over(payments, {
    glances: async (ids) => {
      for (const id of ids) {
        const payment = await payments.load(id);
        if (payment) read.set(id, payment);
      }
      return new Map(read);
    },
    load: async (id) => read.get(id),
  });
}
