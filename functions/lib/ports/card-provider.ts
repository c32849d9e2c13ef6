// A card provider (PSP) as the saga sees it: three effects.
import type { Provider, ProviderAnswer } from "./provider.ts";

/** `key` is the provider's idempotency key; amounts in minor units. */
export type ProviderRequest = {
  key: string;
  payment_id: string;
  amount: bigint;
  currency: string;
  payment_method?: string;
  metadata?: Record<string, string>;
};

export interface CardProvider extends Provider {
  authorize(request: ProviderRequest): Promise<ProviderAnswer>;
  capture(request: ProviderRequest & { authorization_id: string }): Promise<ProviderAnswer>;
  /**
   * Releases this payment's hold of that id. Where no id is known, releases the hold made under
   * `authorize_key`. Refused when the hold was captured. An unseen or expired key is tombstoned, or
   * absent where the provider keeps no tombstones. An id never expires.
   */
  void(
    request: ProviderRequest & { authorize_key: string; authorization_id?: string },
  ): Promise<ProviderAnswer>;
}
