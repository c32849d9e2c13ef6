// Starts the sagas that could not or should not be started at intake. To be early is no failure: the message is put back as a new one, so
// that no receive is burnt and nothing reaches the dead letters during a throttle, an outage or a hold.

import type { PaymentRecord } from "../lib/domain/payment.ts";
import { executionOf } from "../lib/domain/saga-executions.ts";
import { isTerminal } from "../lib/domain/status.ts";
import { ServiceUnavailable } from "../lib/errors/registry.ts";
import type { Breaker } from "../lib/ports/breaker.ts";
import type { Clock } from "../lib/ports/clock.ts";
import type { Exposure } from "../lib/ports/exposure.ts";
import type { PaymentStore } from "../lib/ports/payment-store.ts";
import type { SagaStarter } from "../lib/ports/saga-starter.ts";
import type { Switches } from "../lib/ports/switches.ts";
import { type Hold, holdOnStart } from "../lib/saga/start-gate.ts";

type Ports = {
  payments: PaymentStore;
  sagas: SagaStarter;
  breaker: Breaker;
  switches: Switches;
  exposure: Exposure;
  clock: Clock;
};

// What a message is worth in patience; the capacity simulation reckons with the same numbers.
export const TRIES = 5;
export const FIRST_PAUSE_MS = 200;
export const REQUEUE_SECONDS = 5;

export type Outcome = "started" | "not-needed" | "requeued" | `held by ${Hold}`;

/** Starts only what is PENDING without an owner, or the attempt that counts; whatever else is asked for is on its way. */
export const startSaga =
  ({ payments, sagas, clock, ...gate }: Ports) =>
  async (paymentId: string, execution?: string): Promise<Outcome> => {
    const payment = await payments.load(paymentId);
    if (!payment || !isDue(payment, execution)) return "not-needed";
    const hold = await holdOnStart(gate, payment.rail);
    for (let attempt = 0; !hold && attempt < TRIES; attempt++) {
      if (await sagas.start(payment.rail, paymentId, execution)) return "started";
      await clock.sleep(clock.random() * FIRST_PAUSE_MS * 2 ** attempt);
    }
    if (await sagas.enqueue(paymentId, REQUEUE_SECONDS, execution))
      return hold ? `held by ${hold}` : "requeued";
    throw new ServiceUnavailable("neither Step Functions nor the start queue took the start");
  };

/** A later attempt owns its payment before it is started, or is the only one whom a payment without owner waits for. */
const isDue = (payment: PaymentRecord, execution?: string): boolean =>
  execution === undefined
    ? payment.status === "PENDING" && !payment.owner_execution
    : !isTerminal(payment.status) && executionOf(payment) === execution;
