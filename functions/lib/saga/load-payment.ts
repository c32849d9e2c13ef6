// The payment of a task, as the store has it. A task that may end the payment resumes a parked one
// first: its execution was redriven, and a parked payment cannot end before it is in work.
import type { Learned, SagaInput } from "../contracts/types.ts";
import type { PaymentRecord } from "../domain/payment.ts";
import { contradictionIn } from "../domain/shown-word.ts";
import { isTerminal } from "../domain/status.ts";
import { ContradictionStands, InvariantBroken } from "../errors/registry.ts";
import type { PaymentStore } from "../ports/payment-store.ts";

/**
 * A task without its payment is a defect: the payment is written before its saga starts. A word
 * that was told while our own call was on its way may contradict its answer: whoever reads both
 * first stops. Throws ContradictionStands.
 */
export async function loadPayment(
  payments: PaymentStore,
  { payment_id: paymentId, execution }: SagaInput,
): Promise<PaymentRecord> {
  const payment = await payments.load(paymentId);
  if (!payment) throw new InvariantBroken("a saga runs for a payment that does not exist");
  const { owner_execution: owner = execution, status } = payment;
  // Who does not own the payment is superseded, and disputes nothing.
  const isJudged = owner === execution && !isTerminal(status);
  const contradiction = isJudged ? contradictionIn(payment) : undefined;
  if (contradiction) {
    const { told, shown } = contradiction;
    await payments.dispute(paymentId, told, shown);
    throw new ContradictionStands(
      `the ${told.operation} is told ${told.state}, and was answered ${shown.state}`,
    );
  }
  return payment;
}

/** The payment in work. Throws as `resume` does. */
export async function loadAndResume(payments: PaymentStore, input: SagaInput): Promise<PaymentRecord> {
  return resumeIfParked(payments, await loadPayment(payments, input), input.execution);
}

/** The payment in work, from one that was loaded before. Throws as `resume` does. */
export const resumeIfParked = async (
  payments: PaymentStore,
  payment: PaymentRecord,
  execution: string,
): Promise<PaymentRecord> =>
  payment.status === "IN_REVIEW" ? resume(payments, payment, execution) : payment;

/** What an operator learned from a provider, and who it was: kept in the event of the redrive. */
export type Evidence = { operator: string; learned: Learned };

/**
 * Puts a parked payment in work again, with an event, and returns it. Everything that continues a
 * parked payment's execution calls this. Throws Superseded when another execution owns the payment,
 * and StoreContention when the payment changed meanwhile.
 */
export const resume = (
  payments: PaymentStore,
  payment: PaymentRecord,
  execution: string,
  evidence?: Evidence,
): Promise<PaymentRecord> =>
  payments.commit(payment, {
    guard: { execution, acceptsUnclaimed: true, evenDisputed: true },
    status: "PROCESSING",
    changes: {},
    event: { type: "payment.resumed", data: { execution, ...evidence } },
    journals: [],
    achieves: { onlyIfUnchanged: true },
  });
