// Continues a failed saga at the state where it gave up. The payment is put in work first, and its
// execution is redriven then. So a repetition of the same call repairs a crash in between. Where
// Step Functions refuses, the payment is parked again: what its trail says is what became of it.
import { lastOfSaga } from "../domain/events.ts";
import type { PaymentRecord } from "../domain/payment.ts";
import { executionOf, hasFailed, owesNotification } from "../domain/saga-executions.ts";
import { isTerminal } from "../domain/status.ts";
import { SagaNotRedrivable } from "../errors/registry.ts";
import type { PaymentStore } from "../ports/payment-store.ts";
import type { SagaExecutions } from "../ports/saga-executions.ts";
import { type Evidence, resume } from "./load-payment.ts";
import { park } from "./park-payment.ts";

export type RedrivePorts = { payments: PaymentStore; executions: SagaExecutions };

/**
 * Returns the execution's name. Throws SagaNotRedrivable, or StoreContention when the payment
 * changed meanwhile.
 */
export const redrive =
  ({ payments, executions }: RedrivePorts) =>
  async (payment: PaymentRecord, evidence?: Evidence): Promise<string> => {
    if (isTerminal(payment.status) && !owesNotification(payment)) {
      throw new SagaNotRedrivable(`the payment has ended: ${payment.status}`);
    }
    const name = executionOf(payment);
    const execution = await executions.describe(payment.rail, name);
    if (!execution) throw new SagaNotRedrivable("the saga has not been started yet; the sweep sees to it");
    if (hasFailed(execution)) {
      // A repetition writes it too: a decision from an older read must find the payment changed.
      const resumed = owesNotification(payment) ? undefined : await resume(payments, payment, name, evidence);
      await goOn({ payments, executions }, payment.rail, name, resumed);
    } else if (execution.status !== "RUNNING" || !(await isTakenUp(payments, payment, name))) {
      throw new SagaNotRedrivable(`the execution has not failed: ${execution.status}`);
    }
    return name;
  };

/** A refusal counts only while the execution is failed. Otherwise another call has redriven it. */
async function goOn(
  { payments, executions }: RedrivePorts,
  rail: string,
  name: string,
  resumed: PaymentRecord | undefined,
): Promise<void> {
  const { refused } = await executions.redrive(rail, name);
  if (refused === undefined) return;
  const now = await executions.describe(rail, name);
  if (now && !hasFailed(now)) return;
  const error = new SagaNotRedrivable(`Step Functions refuses: ${refused}; a new attempt may take over`);
  if (resumed) await parkAgain(payments, resumed, name, error);
  throw error;
}

/**
 * With the refusal as its reason, so that no sweep tries again what Step Functions never takes. The
 * sweep opens the finding.
 */
async function parkAgain(
  payments: PaymentStore,
  payment: PaymentRecord,
  execution: string,
  { name: error }: SagaNotRedrivable,
): Promise<void> {
  const parks = (await payments.events(payment.payment_id)).flatMap((event) =>
    event.type === "payment.parked" && event.data.execution === execution ? [event.data] : [],
  );
  await park(payments, payment, { execution, state: parks.at(-1)?.state ?? "unknown", error });
}

/** True when a redrive has continued the running execution. Afterwards the payment is in work. */
async function isTakenUp(payments: PaymentStore, payment: PaymentRecord, name: string): Promise<boolean> {
  if (payment.status === "IN_REVIEW") {
    await resume(payments, payment, name);
    return true;
  }
  const last = lastOfSaga(await payments.events(payment.payment_id));
  return last?.type === "payment.resumed" && last.data.execution === name;
}
