// Whether a step that needs a provider may begin now: the provider answers, and nobody has stopped
// the rail. Only a step that has sent nothing asks this, for ProviderUnavailable says that nothing
// was sent. A step that could not begin is marked as unreached.
import type { Rail } from "../contracts/types.ts";
import type { PaymentRecord } from "../domain/payment.ts";
import type { ProviderStep, Step } from "../domain/saga-definition.ts";
import { ProviderUnavailable } from "../errors/registry.ts";
import type { Breaker } from "../ports/breaker.ts";
import type { PaymentStore } from "../ports/payment-store.ts";
import type { Provider } from "../ports/provider.ts";
import type { Switches } from "../ports/switches.ts";
import type { Condition } from "./money-step-declaration.ts";

/** Throws ProviderUnavailable while the breaker of the step's provider is open. */
export const providerAnswers = ({ breaker, provider }: { breaker: Breaker; provider: Provider }) =>
  assertAvailable(breaker, provider.nature.name);

/** Throws ProviderUnavailable while the provider's breaker is open. */
export async function assertAvailable(breaker: Breaker, provider: string): Promise<void> {
  if (await breaker.isOpen(provider)) throw new ProviderUnavailable(`${provider} is not answering`);
}

/**
 * Throws ProviderUnavailable while a person has stopped the rail's pivots. Then nothing irrevocable
 * begins, and nothing is bought that only a pivot can spend.
 */
export const pivotsAreAllowed =
  (rail: Rail) =>
  async ({ switches }: { switches: Switches }, step: Step): Promise<void> => {
    if (await switches.isOn("stop-pivots", rail))
      throw new ProviderUnavailable(`${step} is stopped on the ${rail} rail`);
  };

/** What is in the way of the step: the first of its conditions that does not hold. */
export async function hindranceOf<Ports>(
  conditions: readonly Condition<Ports>[],
  ports: Ports,
  step: ProviderStep,
): Promise<ProviderUnavailable | undefined> {
  try {
    for (const assertHolds of conditions) await assertHolds(ports, step);
    return undefined;
  } catch (error) {
    if (error instanceof ProviderUnavailable) return error;
    throw error;
  }
}

/**
 * Runs `run`, and marks the step as unreached when its provider is unavailable. The mark is written
 * once. A payment that fails for want of a provider shows it by this mark, because a machine does
 * not know which try of a step is its last.
 */
export async function noteUnreached<T>(
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
