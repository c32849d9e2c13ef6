// What a provider's answer says about the provider itself, for its breaker.
import type { PaymentRecord } from "../domain/payment.ts";
import type { Breaker } from "../ports/breaker.ts";
import type { Provider, ProviderAnswer } from "../ports/provider.ts";

/**
 * A payment that orders its own faults proves nothing about a provider that obeys, in neither direction; to any other its orders are
 * nothing. `payment` carries its metadata.
 */
export async function reportAnswer(
  breaker: Breaker,
  { nature }: Pick<Provider, "nature">,
  { metadata }: Pick<PaymentRecord, "metadata">,
  answer: ProviderAnswer,
): Promise<void> {
  if (nature.takes_orders && metadata?.sandbox !== undefined) return;
  const unavailable = answer.outcome === "unknown" && answer.unavailable === true;
  await breaker.report(nature.name, unavailable ? "unavailable" : "answered");
}
