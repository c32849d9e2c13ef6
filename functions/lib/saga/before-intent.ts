// What comes before a step's intent: whether there is any sense in it now. Nothing was sent, so that ProviderUnavailable is the truth.
import type { PaymentRecord } from "../domain/payment.ts";
import type { Step } from "../domain/steps.ts";
import { ProviderUnavailable } from "../errors/registry.ts";
import type { PaymentStore } from "../ports/payment-store.ts";

/** Runs it. That there is none is noted once, so that a payment which fails for it can say so: a machine knows no step's last try. */
export async function beforeIntent<T>(
  payments: PaymentStore,
  payment: PaymentRecord,
  { execution, step }: { execution: string; step: Step },
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
