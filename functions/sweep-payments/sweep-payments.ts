// Finds, among the payments that are not closed, what no event announces: a payment whose intake
// died before its start, by `watch` every other trouble of a saga, and by `books` what keeps an
// ended payment open. Payments are read a hundred at a time, and what takes a question waits for
// its turn beside that. What cannot be read does not stop the others. The next sweep begins where
// this one stops.
import { attemptsOf, executionOf } from "../lib/domain/saga-executions.ts";
import type { Breaker } from "../lib/ports/breaker.ts";
import type { Clock } from "../lib/ports/clock.ts";
import type { Exposure } from "../lib/ports/exposure.ts";
import type { Glance, PaymentStore } from "../lib/ports/payment-store.ts";
import type { SagaStarter } from "../lib/ports/saga-starter.ts";
import type { Position, SweepCursor } from "../lib/ports/sweep-cursor.ts";
import type { Switches } from "../lib/ports/switches.ts";
import { isStartHeld } from "../lib/saga/start-gate.ts";
import { Line } from "./line.ts";
import { type Missed, type Place, Round } from "./open-index-scan.ts";
import type { Books } from "./see-to-books.ts";
import type { Seen, Watch } from "./watch-sagas.ts";

type Ports = {
  payments: PaymentStore;
  sagas: SagaStarter;
  breaker: Breaker;
  switches: Switches;
  exposure: Exposure;
  clock: Clock;
  cursor: SweepCursor;
  shards: number;
  /** When it stops, in milliseconds since the epoch. The rest is left to the next sweep. */
  until: number;
  watch?: Pick<Watch, "asks" | "hasRoomFor" | "look">;
  books?: Pick<Books, "look" | "finish">;
  /** Called for each payment, with what was seen. */
  tell?: (payment: Glance, seen: Seen) => void;
  /** Called for each payment, or list of a shard, that could not be read, with the reason. */
  miss?: (missed: Missed, error: unknown) => void;
};
export type Swept = {
  /** How many starts were queued. */
  queued: number;
  /** How many shards were listed. */
  listed: number;
  /** True when the time was up before the last of them was read. */
  cutShort: boolean;
};

/**
 * A start takes milliseconds. After this time a pending payment was never started, or its start is
 * in the queue.
 */
const GRACE_MS = 60_000;
/**
 * The sweep cannot tell these two apart. While only probes start towards a provider, most pending
 * starts are in the queue, and more copies help nobody.
 */
const MOST_QUEUED = 200;

export const sweepPayments = (ports: Ports) => async (): Promise<Swept> => {
  const { clock, cursor, miss } = ports;
  const before = new Date(clock.ago(GRACE_MS)).toISOString();
  const round = new Round({ ...ports, before, from: await began(ports, before) });
  const sweep = new Sweep(ports, round);
  const questions = sweep.askAll();
  for await (const places of round.pages()) await sweep.lookAt(places);
  sweep.line.end();
  await questions;
  await ports.books?.finish().catch((error) => miss?.({ list: "books" }, error));
  await cursor.write(round.next()).catch((error) => miss?.({ list: "cursor" }, error));
  return { queued: sweep.queued, listed: round.listed, cutShort: round.cutShort };
};

/**
 * Where this sweep begins. Without a cursor it begins at an arbitrary shard: a sweep is bounded, so
 * a fixed order would always put the same shard last.
 */
async function began({ cursor, clock, shards, miss }: Ports, before: string): Promise<Position> {
  const anywhere: Position = { shard: clock.now() % shards };
  try {
    const { shard, after } = (await cursor.read()) ?? anywhere;
    return after && after.since < before ? { shard: shard % shards, after } : { shard: shard % shards };
  } catch (error) {
    miss?.({ list: "cursor" }, error);
    return anywhere;
  }
}

/** A payment that a question has to be asked about. */
type Doubt = { place: Place; glance: Glance };

/** What needs no question is seen to page by page. The questions stand in line beside it. */
class Sweep {
  readonly line = new Line<Doubt>();
  queued = 0;
  private readonly ports: Ports;
  private readonly round: Round;

  constructor(ports: Ports, round: Round) {
    this.ports = ports;
    this.round = round;
  }

  async lookAt(places: Place[]): Promise<void> {
    const { payments, books, miss } = this.ports;
    const page = places.map(({ open }) => open);
    try {
      const glances = await payments.glances(page.map(({ payment_id }) => payment_id));
      // Apart from everything else: what the books lack holds no saga back.
      await books?.look([...glances.values()]).catch((error) => miss?.({ page }, error));
      for (const place of places) {
        const glance = glances.get(place.open.payment_id);
        if (glance) await this.each(place, glance, () => this.glanceAt(place, glance));
      }
    } catch (error) {
      miss?.({ page }, error);
    }
  }

  /** Asks what stands in line, one after the other. What time does not suffice for is put off. */
  async askAll(): Promise<void> {
    for await (const { place, glance } of this.line.work())
      await this.each(place, glance, () => this.ask(place, glance));
  }

  /** One payment that cannot be looked at does not stop the others. */
  private async each({ open }: Place, payment: Glance, look: () => Promise<void>): Promise<void> {
    await look().catch((error) => this.ports.miss?.({ open, payment }, error));
  }

  /**
   * A held payment is already in the start queue. Step Functions is not asked about it, because
   * these calls would use up the sweep's bound. It is not queued again, because each sweep would
   * add a copy.
   */
  private async glanceAt(place: Place, glance: Glance): Promise<void> {
    const { watch } = this.ports;
    if (isWaiting(glance) && (await isStartHeld(this.ports, glance)))
      return this.conclude(place, glance, "held");
    if (watch?.asks(glance)) return this.line.put({ place, glance });
    return this.conclude(place, glance, (await watch?.look(glance)) ?? "unlooked");
  }

  private async ask(place: Place, glance: Glance): Promise<void> {
    const { payments, watch, clock, until } = this.ports;
    if (!watch?.hasRoomFor(glance) || clock.now() >= until) return this.conclude(place, glance, "postponed");
    // It may have moved since, and a look takes it whole.
    const payment = await payments.load(glance.payment_id);
    if (payment) await this.conclude(place, payment, await watch.look(payment));
  }

  private async conclude(place: Place, payment: Glance, seen: Seen): Promise<void> {
    if (seen === "postponed") this.round.postpone(place);
    const isHeld = seen === "unstarted" && (await isStartHeld(this.ports, payment));
    this.ports.tell?.(payment, isHeld ? "held" : seen);
    if (isHeld || this.queued >= MOST_QUEUED || !needsStart(payment, seen)) return;
    if (await enqueue(this.ports.sagas, payment)) this.queued += 1;
  }
}

const isWaiting = ({ status, owner_execution }: Glance): boolean => status === "PENDING" && !owner_execution;

const needsStart = (payment: Glance, seen: Seen): boolean =>
  seen === "unstarted" || ((seen === "unlooked" || seen === "postponed") && isWaiting(payment));

const enqueue = (sagas: SagaStarter, payment: Glance): Promise<boolean> =>
  attemptsOf(payment) === 1
    ? sagas.enqueue(payment.payment_id)
    : sagas.enqueue(payment.payment_id, 0, executionOf(payment));
