// The books of a provider in memory, true to the nature that it declares. `lose` makes an effect
// happen and its answer get lost. `stick` makes the key answer with its stored error until a
// tombstone settles it. `pend` accepts now what `settle` decides later.
import type { Provider, ProviderAnswer, ProviderNature } from "../../../functions/lib/ports/provider.ts";

export type Scripted = "refuse" | "lose" | "unavailable" | "stick" | "pend";

export abstract class MemoryBooks<Operation extends string> implements Provider {
  nature: ProviderNature = {
    name: "memory",
    key_ttl_seconds: 86_400,
    replays_errors: false,
    tombstones: true,
    keeps_refusals: true,
    validates_first: true,
    in_flight_seconds: 15,
    takes_orders: true,
  };
  /** What took effect or was refused or forbidden, by key. */
  readonly books = new Map<string, ProviderAnswer>();
  /** Every call, in order: how often a provider is bothered is part of the contract. */
  readonly calls: string[] = [];
  /** True: nothing is answered, not even a question. */
  down = false;
  private readonly stuck = new Set<string>();
  private readonly script: Partial<Record<Operation, Scripted[]>> = {};

  /** The next calls of the operation go like this; afterwards it works. */
  next(operation: Operation, ...outcomes: Scripted[]): void {
    this.script[operation] = outcomes;
  }

  /** What was pending under the key is decided. */
  settle(key: string, answer: ProviderAnswer): void {
    if (this.books.get(key)?.outcome !== "pending") throw new Error(`${key} is not pending`);
    this.books.set(key, answer);
  }

  async find(key: string): Promise<ProviderAnswer> {
    this.calls.push(`find ${key}`);
    return this.down ? NO_ANSWER : (this.books.get(key) ?? { outcome: "absent" });
  }

  async tombstone(key: string): Promise<ProviderAnswer> {
    this.calls.push(`tombstone ${key}`);
    if (this.down) return NO_ANSWER;
    const known = this.books.get(key);
    if (known) return known;
    this.books.set(key, { outcome: "tombstoned" });
    return { outcome: "tombstoned" };
  }

  /** One effect under its key: what the books say already stands, and `done` is what is new. */
  protected async act(operation: Operation, key: string, done: ProviderAnswer): Promise<ProviderAnswer> {
    this.calls.push(`${operation} ${key}`);
    if (this.down) return NO_ANSWER;
    const scripted = this.script[operation]?.shift();
    if (scripted === "stick") this.stuck.add(key);
    if (this.stuck.has(key) && !this.books.has(key)) return { outcome: "unknown", message: "a stored 500" };
    if (scripted === "unavailable") return NO_ANSWER;
    const outcome = this.books.get(key) ?? (scripted && FRESH[scripted]) ?? done;
    this.books.set(key, outcome);
    return scripted === "lose" ? NO_ANSWER : outcome;
  }
}

const NO_ANSWER: ProviderAnswer = { outcome: "unknown", message: "no answer", unavailable: true };
/** What a scripted call leaves in the books instead of what it asks for. */
const FRESH: Partial<Record<Scripted, ProviderAnswer>> = {
  refuse: { outcome: "refused", message: "no" },
  pend: { outcome: "pending" },
};
