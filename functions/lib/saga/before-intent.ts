// What comes before a step's intent: whether there is any sense in it now. Nothing was sent, so that ProviderUnavailable is the truth. Once
// an intent stands the step must find out what became of it, and nothing here may stop it.
import type { PaymentRecord } from "../domain/payment.ts";
import type { Step } from "../domain/saga-definition.ts";
import { ProviderUnavailable } from "../errors/registry.ts";
import type { PaymentStore } from "../ports/payment-store.ts";

type Tried = { execution: string; step: Step };

/** Runs the checks, unless the step has written its intent. */
export async function beforeIntent(
  payments: PaymentStore,
  payment: PaymentRecord,
  tried: Tried,
  checks: () => Promise<void>,
): Promise<void> {
  if (payment.marks.intent[tried.step] === undefined) await notingUnreached(payments, payment, tried, checks);
}

/** Runs it. That there is no provider is noted once, so that a payment which fails for it can say so: a machine knows no step's last try. */
export async function notingUnreached<T>(
  payments: PaymentStore,
  payment: PaymentRecord,
  { execution, step }: Tried,
  run: () => Promise<T>,
): Promise<T> {
  try {
    return await run();
  } catch (error) {
    if (error instanceof ProviderUnavailable && payment.marks.unreached[step] === undefined)
      await payments.mark(payment.payment_id, "unreached", step, { execution, step });
    throw error;
  }
}
