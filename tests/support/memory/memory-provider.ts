// A card provider with its books in memory.
import type { CardProvider, ProviderRequest } from "../../../functions/lib/ports/card-provider.ts";
import type { ProviderAnswer } from "../../../functions/lib/ports/provider.ts";
import { MemoryBooks } from "./memory-books.ts";

export class MemoryProvider extends MemoryBooks<"authorize" | "capture" | "void"> implements CardProvider {
  /** The holds that were released by their ids. */
  readonly voided: string[] = [];

  async authorize({ key, amount, currency }: ProviderRequest): Promise<ProviderAnswer> {
    return this.act("authorize", key, { outcome: "succeeded", id: `auth-${key}`, amount, currency });
  }

  async capture({ key, amount, currency }: ProviderRequest): Promise<ProviderAnswer> {
    return this.act("capture", key, { outcome: "succeeded", id: `cap-${key}`, amount, currency });
  }

  async void(request: Parameters<CardProvider["void"]>[0]): Promise<ProviderAnswer> {
    const { key, authorize_key, authorization_id } = request;
    const captured = this.books.get(authorize_key.replace("authorize", "capture"));
    if (captured?.outcome === "succeeded")
      return { outcome: "refused", message: "already captured", captured: true };
    const isUnseen = authorization_id === undefined && !this.books.has(authorize_key);
    if (!this.nature.tombstones && isUnseen) {
      this.calls.push(`void ${key}`);
      return { outcome: "absent" };
    }
    const answer = await this.act("void", key, { outcome: "succeeded", id: `void-${key}` });
    if (this.books.get(key)?.outcome === "succeeded") {
      if (isUnseen) this.books.set(authorize_key, { outcome: "tombstoned" });
      if (authorization_id) this.voided.push(authorization_id);
    }
    // Every try says the same: what was only forbidden was not released.
    const isForbidden = this.books.get(authorize_key)?.outcome === "tombstoned" && !authorization_id;
    return isForbidden && answer.outcome === "succeeded" ? { outcome: "tombstoned" } : answer;
  }
}
