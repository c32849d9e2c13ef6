// What every provider has in common: a declared nature, answers that say what became of a key, and
// two questions about a key.
import type { ProviderAnswer } from "../domain/provider-answer.ts";

export type { ProviderAnswer, Success } from "../domain/provider-answer.ts";

/** What a step may rely on (docs/architecture.md#what-a-provider-declares). */
export type ProviderNature = {
  name: string;
  /** How long the provider remembers a key; past it a step asks and never resends blindly. */
  key_ttl_seconds: number;
  /** True when a failed call may be answered with the same error for ever. */
  replays_errors: boolean;
  /** True when the provider can promise that a key will never take effect. */
  tombstones: boolean;
  /** True when a refusal is final under its key. Otherwise a request under it is decided anew. */
  keeps_refusals: boolean;
  /** True when a 400 or 422 says that the request was judged before anything was done for it. */
  validates_first: boolean;
  /** The longest that a request may still take effect after it was sent. */
  in_flight_seconds: number;
  /**
   * True where a payment's metadata may order the provider to fail. A failed call then says nothing
   * about the provider.
   */
  takes_orders: boolean;
};

/** No method throws for anything that a provider or a network can do: the outcome says it. */
export interface Provider {
  nature: ProviderNature;
  /** What became of the key. */
  find(key: string): Promise<ProviderAnswer>;
  /** Makes sure that an unseen key never takes effect; otherwise answers like `find`. */
  tombstone(key: string, paymentId: string): Promise<ProviderAnswer>;
}
