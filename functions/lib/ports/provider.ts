// What every provider has in common: a declared nature, answers that say what became of a key, and
// two questions about a key.

/** What a step may rely on (docs/architecture.md#what-a-provider-declares). */
export type ProviderNature = {
  name: string;
  /** How long the provider remembers a key; past it a step asks and never resends blindly. */
  key_ttl_seconds: number;
  /** True when a failed call may be answered with the same error for ever. */
  replays_errors: boolean;
  /** True when the provider can promise that a key will never take effect. */
  tombstones: boolean;
  /** The longest that a request may still take effect after it was sent. */
  in_flight_seconds: number;
  /**
   * True where a payment's metadata may order the provider to fail. A failed call then says nothing
   * about the provider.
   */
  takes_orders: boolean;
};

export type Success = {
  outcome: "succeeded";
  id: string;
  /**
   * What a ramp gave, in minor units: for a conversion the amount asked for, to the unit; for a
   * reversal what the market paid.
   */
  received?: bigint;
};

export type ProviderAnswer =
  | Success
  | {
      outcome: "refused";
      message: string;
      /** True when a void is refused because the money was captured. */
      captured?: true;
    }
  /** The provider has the operation, undecided. */
  | { outcome: "pending" }
  /** The provider has never seen the key. */
  | { outcome: "absent" }
  /** The provider promises that the key never takes effect. */
  | { outcome: "tombstoned" }
  /** No usable answer: it may or may not have happened. */
  | {
      outcome: "unknown";
      message: string;
      /** True when the provider is the cause: no answer, or one that anybody would get now. */
      unavailable?: true;
    };

/** No method throws for anything that a provider or a network can do: the outcome says it. */
export interface Provider {
  nature: ProviderNature;
  /** What became of the key. */
  find(key: string): Promise<ProviderAnswer>;
  /** Makes sure that an unseen key never takes effect; otherwise answers like `find`. */
  tombstone(key: string, paymentId: string): Promise<ProviderAnswer>;
}
