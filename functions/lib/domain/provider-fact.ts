// A fact is what a provider reported of its own accord about one of our keys. It is kept apart from
// the payment, which only its saga writes. A step reads it instead of asking the provider.
import type { Saga } from "./saga.ts";
import { type ProviderOperation, SAGAS } from "./saga-definition.ts";

export type Fact = {
  operation: ProviderOperation;
  /** `pending` is the only state that another may follow. */
  state: "pending" | "succeeded" | "refused" | "tombstoned";
  /** The provider's own id of the operation. */
  id: string;
  /** When it happened, by the provider's clock (ISO 8601). */
  at: string;
  /** What a ramp gave, in minor units. */
  received?: number;
  /** The operator who gave the evidence, where it was not the provider. */
  by?: string;
};

/** Operations whose success gives an amount of another currency. */
export const convertingOperations = (all: readonly Saga[]): string[] =>
  all
    .flatMap(({ steps }) => steps)
    .flatMap(({ provider }) => (provider?.converts ? [provider.asks, provider.undoes ?? []] : []))
    .flat();
const CONVERTING: readonly string[] = convertingOperations(SAGAS);

/** True where the provider gave something, and has to say how much. */
export const requiresReceivedAmount = ({ operation, state }: Pick<Fact, "operation" | "state">): boolean =>
  CONVERTING.includes(operation) && state === "succeeded";

/**
 * For each operation the provider's first final report, or that it is pending, or evidence of an
 * operator.
 */
export type Facts = Partial<Record<ProviderOperation, Fact>>;

/**
 * What a fact is to the kept one. It replaces only nothing, `pending` and evidence of an operator.
 */
export function classifyFact(kept: Fact | undefined, fact: Fact): "recorded" | "known" | "contradicts" {
  if (kept === undefined) return "recorded";
  if (fact.state === "pending") return "known";
  if (kept.state === "pending") return "recorded";
  const { state, id, received } = kept;
  const isSame = state === fact.state && id === fact.id && received === fact.received;
  if (kept.by !== undefined && !(isSame && fact.by !== undefined)) return "recorded";
  return isSame ? "known" : "contradicts";
}
