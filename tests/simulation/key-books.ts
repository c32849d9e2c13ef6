// What a provider of one world remembers of its keys, and tells of them. It keeps what its nature
// promises and not a bit more: a key past its time is unseen to whoever asks, and takes effect
// again. What really happened it keeps for ever, for whoever judges.
import type { ProviderOperation } from "../../functions/lib/domain/saga-definition.ts";
import type { ProviderAnswer } from "../../functions/lib/ports/provider.ts";
import type { Run } from "./invocation.ts";
import type { PaymentPlan } from "./payment-plan.ts";
import type { Truth } from "./scenario.ts";
import { doneInstead, isMixedUp } from "./wrong-words.ts";

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

/** What is to be done, or was, of what for whom. */
export type Deed = Omit<Effect, "outcome" | "id">;

type Kept = Effect | Extract<ProviderAnswer, { outcome: "refused" | "pending" | "tombstoned" }>;
/** What a key has come to, when, and by which request. */
export type Row = { key: string; id: string; answer: Kept; at: number; by: number };
export type Tell = (row: Row) => void;

export const UNKNOWN: ProviderAnswer = { outcome: "unknown", message: "no usable answer" };

/** `payment_id:operation` */
export const operationOf = (key: string): ProviderOperation => key.split(":")[1] as ProviderOperation;
export const paymentOf = (key: string): string => key.split(":")[0] ?? "";

export class KeyBooks {
  protected readonly run: Run;
  private readonly tell: Tell;
  private readonly rows = new Map<string, Row>();
  /** What a query is answered with while the read side lags. */
  private readonly before = new Map<string, Row | undefined>();
  /** What happened, whatever became of the keys. */
  private readonly effects = new Map<string, Effect>();
  private readonly stuck = new Set<string>();
  private readonly declined = new Set<string>();
  /** When each key was asked about last, answered or not. */
  private readonly askedAt = new Map<string, number>();
  /** The request that is being decided: the network may bring it twice. */
  private arriving = 0;

  constructor(run: Run, tell: Tell) {
    this.run = run;
    this.tell = tell;
  }

  /** Somebody asks about the key, whether that arrives or not. */
  noteAsked(key: string): void {
    this.askedAt.set(key, this.run.schedule.now);
  }

  wasAskedSince(key: string, ms: number): boolean {
    return (this.askedAt.get(key) ?? -1) >= ms;
  }

  /** Decides the request of that number. */
  decide(request: number, decision: () => ProviderAnswer): ProviderAnswer {
    this.arriving = request;
    return decision();
  }

  /** True when the key answers with its stored error for ever. */
  isStuck(key: string): boolean {
    return this.stuck.has(key) && !this.rows.has(key);
  }

  /** What a query is answered with: what the read side has by now. */
  find(key: string): ProviderAnswer {
    const row = this.rows.get(key);
    const { now } = this.run.schedule;
    const isBehind = row !== undefined && now - row.at < this.run.plan.habits.read_lag_ms;
    return this.standing(isBehind ? this.before.get(key) : row) ?? { outcome: "absent" };
  }

  /** What somebody finds out who reads the provider's books. */
  truthOf(key: string): Truth {
    const effect = this.effects.get(key);
    if (!effect) return { state: "tombstoned", id: "case-1" };
    const { id, received } = effect;
    return { state: "succeeded", id, ...(received === undefined ? {} : { received: Number(received) }) };
  }

  tombstone(key: string): ProviderAnswer {
    const known = this.cameTo(key);
    if (known && !this.decidesAnew(known)) return known;
    // It promises tombstones, and for a while it sets none.
    if (this.run.schedule.now < this.run.plan.habits.buries_from_ms) return known ?? { outcome: "absent" };
    return this.keep(key, { outcome: "tombstoned" });
  }

  /**
   * Takes a request in without deciding it; `decide` is what it comes to. False when the key is
   * known already.
   */
  take(key: string): boolean {
    if (this.isStuck(key) || this.rows.has(key) || this.rejects(key)) return false;
    this.keep(key, { outcome: "pending" });
    return true;
  }

  settle(key: string, decide: () => ProviderAnswer): void {
    const pending = this.rows.get(key);
    if (pending?.answer.outcome !== "pending") return;
    this.rows.delete(key);
    decide();
    this.before.set(key, pending);
  }

  stick(key: string): void {
    if (!this.rows.has(key)) this.stuck.add(key);
  }

  /** What a request under the key is answered with. It is decided once, until it is forgotten. */
  protected once(key: string, asked: Deed, decide: () => ProviderAnswer): ProviderAnswer {
    const { nature, habits } = this.run.plan;
    const known = this.known(key);
    const isDecided = known !== undefined && !this.decidesAnew(known);
    if (this.rejects(key)) {
      // Only one that validates first has done nothing for what it does not take.
      if (!isDecided && !nature.validates_first && this.run.random.chance(0.5)) decide();
      return { outcome: "rejected", code: "amount_too_small" };
    }
    const isRepeated = this.effects.has(key) && this.rows.get(key)?.by !== this.arriving;
    if (isRepeated && habits.rejects_repeats) return { outcome: "rejected", code: "already_done" };
    if (isDecided) return known;
    if (isMixedUp(this.planOf(asked.reference).wrong, operationOf(key)))
      return this.keep(key, { outcome: "succeeded", id: "theirs", ...asked, reference: "somebody-else" });
    return decide();
  }

  /** What the key answers without being decided anew. */
  protected known(key: string): ProviderAnswer | undefined {
    return this.isStuck(key) ? UNKNOWN : this.cameTo(key);
  }

  /** What the key has come to, as far as that is remembered. */
  protected cameTo(key: string): ProviderAnswer | undefined {
    return this.standing(this.rows.get(key));
  }

  private rejects(key: string): boolean {
    return this.planOf(paymentOf(key)).rejects === operationOf(key);
  }

  protected decidesAnew({ outcome }: ProviderAnswer): boolean {
    return outcome === "refused" && !this.run.plan.nature.keeps_refusals;
  }

  /** What the key came to, unless it has expired by now. A tombstone never expires. */
  private standing(row: Row | undefined): ProviderAnswer | undefined {
    const { key_ttl_seconds } = this.run.plan.nature;
    const forgotten =
      row && row.answer.outcome !== "tombstoned" && this.run.schedule.now - row.at > key_ttl_seconds * 1000;
    return forgotten ? undefined : row?.answer;
  }

  protected keep(key: string, answer: Kept): ProviderAnswer {
    const id = answer.outcome === "succeeded" ? answer.id : `row-${this.rows.size}-${answer.outcome}`;
    const row = { key, id, answer, at: this.run.schedule.now, by: this.arriving };
    this.before.set(key, this.rows.get(key));
    this.rows.set(key, row);
    this.tell(row);
    return answer;
  }

  protected refuse(key: string, message: string): ProviderAnswer {
    return this.keep(key, { outcome: "refused", message });
  }

  /** What is really done for a request: now and then something else than it asks for. */
  protected doing<Asked extends Deed>(key: string, asked: Asked): Asked {
    return doneInstead(this.planOf(asked.reference).wrong, operationOf(key), asked);
  }

  /** Something was done under the key. */
  protected did(key: string, effect: Omit<Effect, "outcome">): ProviderAnswer {
    const done: Effect = { outcome: "succeeded", ...effect };
    this.effects.set(key, done);
    return this.keep(key, done);
  }

  /** What was done under the key is undone again by people, on both sides. */
  protected undo(key: string): void {
    this.effects.delete(key);
  }

  /** What is to be refused of the payment that is named as the reference. */
  protected declines(reference: string, what: "first" | "pivot"): boolean {
    const { refuses } = this.planOf(reference);
    if (!refuses[what]) return false;
    // Where a refusal is not final, it may have passed by the next request.
    const isAgain = this.declined.has(reference);
    this.declined.add(reference);
    return !(isAgain && !this.run.plan.nature.keeps_refusals && this.run.random.chance(0.6));
  }

  /** The undo is refused for now: no last word, and not kept. */
  protected refusesUndo(reference: string): boolean {
    return this.run.schedule.now < this.planOf(reference).refuses.undo_until_ms;
  }

  private planOf(reference: string): PaymentPlan {
    const plan = this.run.plan.payments.find(({ payment_id }) => payment_id === reference);
    if (!plan) throw new Error(`the provider is asked for ${reference}, which nobody pays`);
    return plan;
  }
}
