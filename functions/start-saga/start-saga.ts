// Starts the sagas that could not or should not start at intake. An early message is no failure: it
// goes back to the queue as a new one. So no receive is used up, and nothing reaches the dead
// letters during a throttle, an outage or a hold.
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

// How long one message is tried. The capacity simulation uses the same numbers.
export const TRIES = 5;
export const FIRST_PAUSE_MS = 200;
export const REQUEUE_SECONDS = 5;

export type Outcome = "started" | "not-needed" | "requeued" | `held by ${Hold}`;

/**
 * Starts a payment that is PENDING and has no owner, or the attempt that counts. Any other message
 * is no longer needed: its payment is in work or has ended. Throws ServiceUnavailable.
 */
export const startSaga =
  ({ payments, sagas, clock, ...gate }: Ports) =>
  async (paymentId: string, execution?: string): Promise<Outcome> => {
    const payment = await payments.load(paymentId);
    if (!payment || !isDue(payment, execution)) return "not-needed";
    const hold = await holdOnStart(gate, payment);
    for (let attempt = 0; !hold && attempt < TRIES; attempt++) {
      if (await sagas.start(payment.rail, paymentId, execution)) return "started";
      await clock.sleep(clock.random() * FIRST_PAUSE_MS * 2 ** attempt);
    }
    if (await sagas.enqueue(paymentId, REQUEUE_SECONDS, execution))
      return hold ? `held by ${hold}` : "requeued";
    throw new ServiceUnavailable("neither Step Functions nor the start queue took the start");
  };

/**
 * True when the start is still to be made. A later attempt owns its payment before it starts, or it
 * is the latest attempt of a payment without an owner.
 */
const isDue = (payment: PaymentRecord, execution?: string): boolean =>
  execution === undefined
    ? payment.status === "PENDING" && !payment.owner_execution
    : !isTerminal(payment.status) && executionOf(payment) === execution;
