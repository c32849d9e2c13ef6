// Finds, among the payments that are not closed, what no event announces: a payment whose intake
// died before its start, by `watch` every other trouble of a saga, and by `books` what keeps an
// ended payment open. A payment that cannot be read does not stop the others. The next sweep begins
// where this one stops.
import type { PaymentRecord } from "../lib/domain/payment.ts";
import { attemptsOf, executionOf } from "../lib/domain/saga-executions.ts";
import type { Breaker } from "../lib/ports/breaker.ts";
import type { Clock } from "../lib/ports/clock.ts";
import type { Exposure } from "../lib/ports/exposure.ts";
import type { Open, PaymentStore } from "../lib/ports/payment-store.ts";
import type { SagaStarter } from "../lib/ports/saga-starter.ts";
import type { Position, SweepCursor } from "../lib/ports/sweep-cursor.ts";
import type { Switches } from "../lib/ports/switches.ts";
import { areStartsHeld } from "../lib/saga/start-gate.ts";
import { type Missed, Round } from "./open-index-scan.ts";
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
  watch?: Pick<Watch, "look">;
  books?: Pick<Books, "look" | "finish">;
  /** Called for each payment, with what was seen. */
  tell?: (payment: PaymentRecord, seen: Seen) => void;
  /** Called for each payment, or list of a shard, that could not be read, with the reason. */
  miss?: (missed: Missed, error: unknown) => void;
};
export type Swept = {
  /** How many starts were queued. */
  queued: number;
  /** How many shards were listed. */
  listed: number;
  /** True when the time was up before the round was complete. */
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
  let queued = 0;
  for await (const place of round.places()) {
    const { isQueued, seen } = await sweepOne(ports, place.open, queued < MOST_QUEUED);
    if (isQueued) queued += 1;
    if (seen === "postponed") round.postpone(place);
  }
  await ports.books?.finish().catch((error) => miss?.({ list: "books" }, error));
  await cursor.write(round.next()).catch((error) => miss?.({ list: "cursor" }, error));
  return { queued, listed: round.listed, cutShort: round.cutShort };
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

async function sweepOne(
  ports: Ports,
  open: Open,
  mayQueue: boolean,
): Promise<{ isQueued: boolean; seen?: Seen }> {
  const { payments, sagas, tell, miss } = ports;
  let payment: PaymentRecord | undefined;
  try {
    payment = await payments.load(open.payment_id);
    if (!payment) return { isQueued: false };
    await seeToBooks(ports, open, payment);
    const seen = await seenOf(ports, payment);
    tell?.(payment, seen);
    return { isQueued: mayQueue && needsStart(payment, seen) && (await enqueue(sagas, payment)), seen };
  } catch (error) {
    miss?.({ open, ...(payment ? { payment } : {}) }, error);
    return { isQueued: false };
  }
}

/** Apart from everything else: what the books lack holds no saga back. */
const seeToBooks = async ({ books, miss }: Ports, open: Open, payment: PaymentRecord): Promise<void> =>
  books?.look(payment).catch((error) => miss?.({ open, payment }, error));

/**
 * A held payment is already in the start queue. Step Functions is not asked about it, because these
 * calls would use up the sweep's bound. It is not queued again, because each sweep would add a
 * copy.
 */
async function seenOf(ports: Ports, payment: PaymentRecord): Promise<Seen> {
  if (isWaiting(payment) && (await areStartsHeld(ports, payment.rail))) return "held";
  const seen = (await ports.watch?.look(payment)) ?? "unlooked";
  return seen === "unstarted" && (await areStartsHeld(ports, payment.rail)) ? "held" : seen;
}

const isWaiting = ({ status, owner_execution }: PaymentRecord): boolean =>
  status === "PENDING" && !owner_execution;

const needsStart = (payment: PaymentRecord, seen: Seen): boolean =>
  seen === "unstarted" || ((seen === "unlooked" || seen === "postponed") && isWaiting(payment));

const enqueue = (sagas: SagaStarter, payment: PaymentRecord): Promise<boolean> =>
  attemptsOf(payment) === 1
    ? sagas.enqueue(payment.payment_id)
    : sagas.enqueue(payment.payment_id, 0, executionOf(payment));
