// A card provider with its books in memory, true to the nature that it declares. `lose` makes an effect happen and its answer get
// lost; `stick` makes the key answer with its stored error until a tombstone settles it.
import type {
  CardProvider,
  ProviderAnswer,
  ProviderNature,
  ProviderRequest,
} from "../../../functions/lib/ports/card-provider.ts";

type Operation = "authorize" | "capture" | "void";
type Scripted = "refuse" | "lose" | "unavailable" | "stick";

export class MemoryProvider implements CardProvider {
  nature: ProviderNature = {
    name: "memory",
    key_ttl_seconds: 3_600,
    replays_errors: false,
    tombstones: true,
    in_flight_seconds: 15,
  };
  /** What took effect or was refused or forbidden, by key. */
  readonly books = new Map<string, ProviderAnswer>();
  /** Every call, in order: how often a provider is bothered is part of the contract. */
  readonly calls: string[] = [];
  private readonly stuck = new Set<string>();
  private readonly script: Partial<Record<Operation, Scripted[]>> = {};

  /** The next calls of the operation go like this; afterwards it works. */
  next(operation: Operation, ...outcomes: Scripted[]): void {
    this.script[operation] = outcomes;
  }

  async authorize({ key }: ProviderRequest): Promise<ProviderAnswer> {
    return this.act("authorize", key, `auth-${key}`);
  }

  async capture({ key }: ProviderRequest): Promise<ProviderAnswer> {
    return this.act("capture", key, `cap-${key}`);
  }

  async void({ key, authorize_key }: ProviderRequest & { authorize_key: string }): Promise<ProviderAnswer> {
    const captured = this.books.get(authorize_key.replace("authorize", "capture"));
    if (captured?.outcome === "succeeded")
      return { outcome: "refused", message: "already captured", captured: true };
    if (!this.nature.tombstones && !this.books.has(authorize_key)) {
      this.calls.push(`void ${key}`);
      return { outcome: "absent" };
    }
    const answer = await this.act("void", key, `void-${key}`);
    if (this.books.get(key)?.outcome === "succeeded" && !this.books.has(authorize_key)) {
      this.books.set(authorize_key, { outcome: "tombstoned" });
    }
    return answer;
  }

  async find(key: string): Promise<ProviderAnswer> {
    this.calls.push(`find ${key}`);
    return this.books.get(key) ?? { outcome: "absent" };
  }

  async tombstone(key: string): Promise<ProviderAnswer> {
    this.calls.push(`tombstone ${key}`);
    const known = this.books.get(key);
    if (known) return known;
    this.books.set(key, { outcome: "tombstoned" });
    return { outcome: "tombstoned" };
  }

  private async act(operation: Operation, key: string, id: string): Promise<ProviderAnswer> {
    this.calls.push(`${operation} ${key}`);
    const scripted = this.script[operation]?.shift();
    if (scripted === "stick") this.stuck.add(key);
    if (this.stuck.has(key) && !this.books.has(key)) return { outcome: "unknown", message: "a stored 500" };
    if (scripted === "unavailable") return { outcome: "unknown", message: "503", unavailable: true };
    const known = this.books.get(key);
    const outcome: ProviderAnswer =
      known ?? (scripted === "refuse" ? { outcome: "refused", message: "no" } : { outcome: "succeeded", id });
    this.books.set(key, outcome);
    return scripted === "lose" ? { outcome: "unknown", message: "no answer", unavailable: true } : outcome;
  }
}
