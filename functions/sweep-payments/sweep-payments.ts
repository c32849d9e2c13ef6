// Finds what no event announces among the payments that are not closed: accepted but never started (the intake died between its
// write and its start), and with a watch everything else that can befall a saga.
import { attemptsOf, executionOf } from "../lib/domain/attempts.ts";
import type { PaymentRecord } from "../lib/domain/payment.ts";
import type { Breaker } from "../lib/ports/breaker.ts";
import type { Clock } from "../lib/ports/clock.ts";
import type { Exposure } from "../lib/ports/exposure.ts";
import type { PaymentStore } from "../lib/ports/payment-store.ts";
import type { SagaStarter } from "../lib/ports/saga-starter.ts";
import type { Switches } from "../lib/ports/switches.ts";
import { areStartsHeld } from "../lib/saga/start-gate.ts";
import type { Seen, Watch } from "./watch-sagas.ts";

type Ports = {
  payments: PaymentStore;
  sagas: SagaStarter;
  breaker: Breaker;
  switches: Switches;
  exposure: Exposure;
  clock: Clock;
  shards: number;
  watch?: Pick<Watch, "look">;
  /** Hears of everything that the watch saw. */
  tell?: (payment: PaymentRecord, seen: Seen) => void;
};

/** A start takes milliseconds; what is still pending after this long was forgotten or stands in the start queue. */
const GRACE_MS = 60_000;
/** Per shard and sweep: a sweep that finds more is followed by the next one. */
const MOST = 200;

/** Returns how many starts were queued. */
export const sweepPayments = (ports: Ports) => async (): Promise<number> => {
  const { payments, clock, shards } = ports;
  const before = new Date(clock.ago(GRACE_MS)).toISOString();
  // From another shard each time: what a sweep may do is bounded, and the last shards must not always go without.
  const first = clock.now() % shards;
  // And from either end: what stays open for a person to decide must not hide what was forgotten after it.
  const from = clock.random() < 0.5 ? "oldest" : "newest";
  let queued = 0;
  for (let index = 0; index < shards; index++) {
    const shard = (first + index) % shards;
    for (const paymentId of await payments.openBefore(shard, before, MOST, from)) {
      if (await sweepOne(ports, paymentId)) queued += 1;
    }
  }
  return queued;
};

/** True when a start was queued. */
async function sweepOne(ports: Ports, paymentId: string): Promise<boolean> {
  const { payments, sagas, watch, tell } = ports;
  const payment = await payments.load(paymentId);
  if (!payment) return false;
  const seen = (await watch?.look(payment)) ?? "unlooked";
  tell?.(payment, seen);
  if (!isForgotten(payment, seen)) return false;
  // What is held stands in the start queue already: a copy per sweep would multiply it for as long as the hold lasts.
  if (await areStartsHeld(ports, payment.rail)) return false;
  return enqueue(sagas, payment);
}

const isForgotten = (payment: PaymentRecord, seen: Seen): boolean =>
  seen === "unstarted" || (seen === "unlooked" && payment.status === "PENDING" && !payment.owner_execution);

const enqueue = (sagas: SagaStarter, payment: PaymentRecord): Promise<boolean> =>
  attemptsOf(payment) === 1
    ? sagas.enqueue(payment.payment_id)
    : sagas.enqueue(payment.payment_id, 0, executionOf(payment));
