// Shows a payment's saga as Step Functions has it: the history of the execution that counts, and
// the status of the latest attempts.

import type { PaymentRecord } from "../lib/domain/payment.ts";
import type { Facts } from "../lib/domain/provider-fact.ts";
import {
  attemptName,
  attemptsOf,
  executionOf,
  isPaymentId,
  type SagaExecution,
} from "../lib/domain/saga-executions.ts";
import { NotFound } from "../lib/errors/registry.ts";
import type { PaymentStore } from "../lib/ports/payment-store.ts";
import type { SagaExecutions } from "../lib/ports/saga-executions.ts";

export type ReadExecution = (
  rail: string,
  name: string,
) => Promise<{ execution: object; events: object[] } | undefined>;
type Ports = { payments: PaymentStore; readExecution: ReadExecution; executions: SagaExecutions };

export type Attempt = Pick<SagaExecution, "status" | "redrives"> & { execution: string; last_state?: string };
/** `facts` is what the provider reported about the payment's keys, or an operator in its place. */
export type Saga = { execution: object; events: object[]; attempts: Attempt[]; facts: Facts };

/** Only the latest attempts are shown: each costs two calls of a quota that all functions share. */
const MOST_ATTEMPTS = 5;

/**
 * Shows the execution that owns the payment, or the latest attempt while none owns it. Throws
 * NotFound.
 */
export const inspectSaga =
  ({ payments, readExecution, executions }: Ports) =>
  async (paymentId: string): Promise<Saga> => {
    const payment = isPaymentId(paymentId) ? await payments.load(paymentId) : undefined;
    if (!payment) throw new NotFound("there is no such payment");
    const saga = await readExecution(payment.rail, executionOf(payment));
    if (!saga) throw new NotFound("the payment's saga has not been started");
    return { ...saga, attempts: await attemptsAt(executions, payment), facts: payment.facts ?? {} };
  };

/** Oldest first. An attempt that was recorded and never started is left out. */
async function attemptsAt(executions: SagaExecutions, payment: PaymentRecord): Promise<Attempt[]> {
  const last = attemptsOf(payment);
  const shown: Attempt[] = [];
  for (let attempt = Math.max(1, last - MOST_ATTEMPTS + 1); attempt <= last; attempt++) {
    const name = attemptName(payment.payment_id, attempt);
    const execution = await executions.describe(payment.rail, name);
    if (!execution) continue;
    const { status, redrives } = execution;
    const last_state = await executions.lastState(payment.rail, name);
    shown.push({ execution: name, status, redrives, ...(last_state === undefined ? {} : { last_state }) });
  }
  return shown;
}
