// Gives a payment to another execution. The owner changes before the new one starts, so the old one
// is superseded at its next write, even in the middle of a step. A payment without an owner belongs
// to whichever of the two claims it first.

import type { PaymentRecord } from "../lib/domain/payment.ts";
import { attemptName, attemptsOf, executionOf } from "../lib/domain/saga-executions.ts";
import { isTerminal } from "../lib/domain/status.ts";
import { SagaNotRedrivable } from "../lib/errors/registry.ts";
import type { PaymentStore } from "../lib/ports/payment-store.ts";
import type { SagaExecutions } from "../lib/ports/saga-executions.ts";
import type { SagaStarter } from "../lib/ports/saga-starter.ts";
import type { Evidence } from "../lib/saga/load-payment.ts";

export type AttemptPorts = { payments: PaymentStore; executions: SagaExecutions; sagas: SagaStarter };

/**
 * Returns the new execution's name. Throws SagaNotRedrivable for an ended payment, and
 * StoreContention when the payment changed meanwhile.
 */
export const newAttempt =
  (ports: AttemptPorts) =>
  async (payment: PaymentRecord, brought?: Evidence): Promise<string> => {
    if (isTerminal(payment.status)) {
      throw new SagaNotRedrivable(`the payment has ended: ${payment.status}`);
    }
    const previous = executionOf(payment);
    // An attempt may be recorded and never started: we died in between, or no start was accepted.
    // Then it is started now.
    const isStarted = (await ports.executions.describe(payment.rail, previous)) !== undefined;
    const execution = isStarted ? await takeOver(ports.payments, payment, previous, brought) : previous;
    const { rail, payment_id } = payment;
    // Both may fail: what was neither started nor queued is found by the sweep.
    if (!(await ports.sagas.start(rail, payment_id, execution))) {
      await ports.sagas.enqueue(payment_id, 0, execution);
    }
    return execution;
  };

async function takeOver(
  payments: PaymentStore,
  payment: PaymentRecord,
  previous: string,
  brought: Evidence | undefined,
): Promise<string> {
  const attempts = attemptsOf(payment) + 1;
  const execution = attemptName(payment.payment_id, attempts);
  const owner = payment.owner_execution === undefined ? {} : { owner_execution: execution };
  await payments.commit(payment, {
    guard: { execution: previous, acceptsUnclaimed: true, evenDisputed: true },
    status: "PROCESSING",
    changes: { attempts, ...owner },
    event: { type: "payment.attempted", data: { execution, previous, ...brought } },
    journals: [],
    achieves: { onlyIfUnchanged: true },
  });
  return execution;
}
