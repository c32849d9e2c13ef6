// What a provider told of its own accord, where a step would otherwise have to ask for it.
import { type Fact, requiresReceivedAmount } from "../domain/provider-fact.ts";
import type { ProviderAnswer } from "../ports/provider.ts";

/**
 * The fact as an answer; undefined unless it is final, as a ramp's success that does not say what it gave is not. A webhook carries no
 * reason, so a refusal's message is ours.
 */
export function toldBy(fact: Fact | undefined): ProviderAnswer | undefined {
  switch (fact?.state) {
    case "succeeded":
      return successToldBy(fact);
    case "refused":
      return { outcome: "refused", message: `the provider refused the ${fact.operation}` };
    case "tombstoned":
      return { outcome: "tombstoned" };
    default:
      return undefined;
  }
}

function successToldBy(fact: Fact): ProviderAnswer | undefined {
  const { id, received } = fact;
  if (received !== undefined) return { outcome: "succeeded", id, received: BigInt(received) };
  return requiresReceivedAmount(fact) ? undefined : { outcome: "succeeded", id };
}

/** The answer to a question about the key: what the provider told of is not absent, whatever it says when asked. */
export const despite = (fact: Fact | undefined, answer: ProviderAnswer): ProviderAnswer =>
  answer.outcome === "absent" && fact ? { outcome: "pending" } : answer;
