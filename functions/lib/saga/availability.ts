// Before a step's intent: is there any sense in calling the provider now? Nothing has been sent yet, so ProviderUnavailable is the
// truth. Once an intent stands the step must find out what became of it, and nothing here may stop it.
import type { PaymentRecord } from "../domain/payment.ts";
import type { Step } from "../domain/steps.ts";
import { ProviderUnavailable } from "../errors/registry.ts";
import type { Breaker } from "../ports/breaker.ts";

/** Throws ProviderUnavailable while the provider's breaker is open and the step has never written its intent. */
export async function assertAvailable(
  breaker: Breaker,
  provider: string,
  payment: PaymentRecord,
  step: Step,
): Promise<void> {
  if (payment.marks.intent[step] !== undefined) return;
  if (await breaker.isOpen(provider)) throw new ProviderUnavailable(`${provider} is not answering`);
}
