// Whether there is any sense in calling a provider now, for a step that has sent it nothing yet.
import { ProviderUnavailable } from "../errors/registry.ts";
import type { Breaker } from "../ports/breaker.ts";

/** Throws ProviderUnavailable while the provider's breaker is open. */
export async function assertAvailable(breaker: Breaker, provider: string): Promise<void> {
  if (await breaker.isOpen(provider)) throw new ProviderUnavailable(`${provider} is not answering`);
}
