// What a provider of one world remembers of its keys. It keeps what a port's nature promises and
// not a bit more: a key past its time is unseen to whoever asks, and takes effect again. What
// really happened it keeps for ever, for whoever judges.
import type { ProviderAnswer } from "../../functions/lib/ports/provider.ts";
import type { Run } from "./invocation.ts";
import type { PaymentPlan } from "./payment-plan.ts";
import type { Truth } from "./scenario.ts";

type Row = { answer: ProviderAnswer; at: number };

/** What was done under a key: how much of what, and for a ramp what was given for it. */
export type Effect = {
  outcome: "succeeded";
  id: string;
  reference: string;
  amount: bigint;
  currency: string;
  received?: bigint;
  received_currency?: string;
};

export const UNKNOWN: ProviderAnswer = { outcome: "unknown", message: "no usable answer" };

export class KeyBooks {
  protected readonly run: Run;
  private readonly rows = new Map<string, Row>();
  /** What happened, whatever became of the keys. */
  private readonly effects = new Map<string, Effect>();
  private readonly stuck = new Set<string>();

  constructor(run: Run) {
    this.run = run;
  }

  /** True when the key answers with its stored error for ever. */
  isStuck(key: string): boolean {
    return this.stuck.has(key) && !this.rows.has(key);
  }

  find(key: string): ProviderAnswer {
    return this.standing(key) ?? { outcome: "absent" };
  }

  /** What somebody finds out who reads the provider's books. */
  truthOf(key: string): Truth {
    const effect = this.effects.get(key);
    if (!effect) return { state: "tombstoned", id: "case-1" };
    const { id, received } = effect;
    return { state: "succeeded", id, ...(received === undefined ? {} : { received: Number(received) }) };
  }

  tombstone(key: string): ProviderAnswer {
    return this.standing(key) ?? this.keep(key, { outcome: "tombstoned" });
  }

  /**
   * Takes a request in without deciding it; `decide` is what it comes to. False when the key is
   * known already.
   */
  take(key: string): boolean {
    if (this.isStuck(key) || this.rows.has(key)) return false;
    this.keep(key, { outcome: "pending" });
    return true;
  }

  settle(key: string, decide: () => ProviderAnswer): void {
    if (this.rows.get(key)?.answer.outcome !== "pending") return;
    this.rows.delete(key);
    decide();
  }

  stick(key: string): void {
    if (!this.rows.has(key)) this.stuck.add(key);
  }

  protected once(key: string, decide: () => ProviderAnswer): ProviderAnswer {
    return this.known(key) ?? this.keep(key, decide());
  }

  /** What the key answers without being decided anew. */
  protected known(key: string): ProviderAnswer | undefined {
    return this.isStuck(key) ? UNKNOWN : this.standing(key);
  }

  /** What the key came to, unless it has expired by now. A tombstone never expires. */
  private standing(key: string): ProviderAnswer | undefined {
    const row = this.rows.get(key);
    const { key_ttl_seconds } = this.run.plan.nature;
    const forgotten =
      row && row.answer.outcome !== "tombstoned" && this.run.schedule.now - row.at > key_ttl_seconds * 1000;
    return forgotten ? undefined : row?.answer;
  }

  protected keep(key: string, answer: ProviderAnswer): ProviderAnswer {
    this.rows.set(key, { answer, at: this.run.schedule.now });
    return answer;
  }

  /** Something was done under the key. */
  protected did(key: string, effect: Omit<Effect, "outcome">): ProviderAnswer {
    const done: Effect = { outcome: "succeeded", ...effect };
    this.effects.set(key, done);
    return this.keep(key, done);
  }

  /** What is to be refused of the payment that is named as the reference. */
  protected refusals(reference: string): PaymentPlan["refuses"] {
    const plan = this.run.plan.payments.find(({ payment_id }) => payment_id === reference);
    if (!plan) throw new Error(`the provider is asked for ${reference}, which nobody pays`);
    return plan.refuses;
  }

  /** The undo is refused for now: no last word, and not kept. */
  protected refusesUndo(reference: string): boolean {
    return this.run.schedule.now < this.refusals(reference).undo_until_ms;
  }
}
