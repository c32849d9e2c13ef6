// Finds what no event announces among the payments that are not closed: accepted but never started (the intake died between its
// write and its start), and with a watch everything else that can befall a saga. A payment that cannot be looked at keeps no other
// from being looked at, and what a sweep has no time for is where the next one begins.

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
  /** When it stops, in milliseconds since the epoch: whatever it has not come to is the next sweep's. */
  until: number;
  watch?: Pick<Watch, "look">;
  /** Hears of everything that was seen. */
  tell?: (payment: PaymentRecord, seen: Seen) => void;
  /** Hears of everything that could not be looked at, and why: a payment, or the list of a shard. */
  miss?: (missed: Missed, error: unknown) => void;
};
export type Swept = {
  /** How many starts were queued. */
  queued: number;
  /** How many shards were listed. */
  listed: number;
  /** True when the time was up before it had come round. */
  cutShort: boolean;
};

/** A start takes milliseconds; what is still pending after this long was forgotten or stands in the start queue. */
const GRACE_MS = 60_000;
/** Nobody can tell the two apart, and while a provider is only tried again most of them stand in the queue: more copies help nobody. */
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
  await cursor.write(round.next()).catch((error) => miss?.({ list: "cursor" }, error));
  return { queued, listed: round.listed, cutShort: round.cutShort };
};

/** Where this sweep begins. Without a cursor anywhere: what a sweep may do is bounded, and no shard must always come last. */
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
    const seen = await seenOf(ports, payment);
    tell?.(payment, seen);
    return { isQueued: mayQueue && isForgotten(payment, seen) && (await enqueue(sagas, payment)), seen };
  } catch (error) {
    miss?.({ open, ...(payment ? { payment } : {}) }, error);
    return { isQueued: false };
  }
}

/** What is held stands in the start queue already: a question about each would be all that a sweep may ask, and a copy multiply it. */
async function seenOf(ports: Ports, payment: PaymentRecord): Promise<Seen> {
  if (isWaiting(payment) && (await areStartsHeld(ports, payment.rail))) return "held";
  const seen = (await ports.watch?.look(payment)) ?? "unlooked";
  return seen === "unstarted" && (await areStartsHeld(ports, payment.rail)) ? "held" : seen;
}

const isWaiting = ({ status, owner_execution }: PaymentRecord): boolean =>
  status === "PENDING" && !owner_execution;

const isForgotten = (payment: PaymentRecord, seen: Seen): boolean =>
  seen === "unstarted" || ((seen === "unlooked" || seen === "postponed") && isWaiting(payment));

const enqueue = (sagas: SagaStarter, payment: PaymentRecord): Promise<boolean> =>
  attemptsOf(payment) === 1
    ? sagas.enqueue(payment.payment_id)
    : sagas.enqueue(payment.payment_id, 0, executionOf(payment));
