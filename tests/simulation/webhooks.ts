// What the provider tells of its own accord, on its way to the real receiver: lost, twice, late, in
// any order, by a clock of its own. It may tell the opposite as well, and of what nobody asked for.
import { isDone } from "../../functions/lib/domain/payment.ts";
import { type ForwardOperation, providerKey, STEP_OF } from "../../functions/lib/domain/saga-definition.ts";
import { receiveProviderWebhook } from "../../functions/receive-provider-webhook/receive-provider-webhook.ts";
import { askedUnder } from "./asked.ts";
import { isCalm } from "./invocation.ts";
import { type Effect, operationOf, paymentOf, type Row } from "./key-books.ts";
import type { Order } from "./order.ts";
import type { Lie } from "./payment-plan.ts";
import { carePortsOf } from "./ports.ts";
import { START } from "./schedule.ts";
import type { World } from "./world.ts";
import { saidInstead } from "./wrong-words.ts";

const PROVIDER = "sandbox";
const MINUTE = 60_000;
const DAY_MS = 1_440 * MINUTE;
const MOST_TRIES = 8;

/** `true` for what is so. Otherwise a lie, one with an impossible date, or of what nobody asked. */
type Kind = "true" | "lie" | "misdated" | "forged";
type Word = {
  key: string;
  id: string;
  state: "pending" | "succeeded" | "refused" | "tombstoned";
  at: number;
  said?: Partial<Omit<Effect, "outcome" | "id">>;
  kind: Kind;
  /** It says of a success something else than what was done. */
  isWrong: boolean;
};
/** A word that reached the receiver, whatever became of the receiver. */
export type Told = Pick<Word, "key" | "state" | "kind" | "isWrong"> & {
  at_ms: number;
  /** What it denies we know of already, in whatever amount. */
  isKnownOtherwise: boolean;
};

export class Webhooks {
  readonly told: Told[] = [];
  private readonly world: World;
  private readonly liedOf = new Set<string>();

  constructor(world: World) {
    this.world = world;
  }

  start(): void {
    const { plan, schedule } = this.world.run;
    if (!plan.webhooks) return;
    for (const order of this.world.orders) {
      const { at_ms, forged } = order.plan;
      if (forged) schedule.in(at_ms + forged.at_ms, () => this.forge(order));
    }
  }

  /** A key has come to something. */
  hear(row: Row): void {
    const { plan, random } = this.world.run;
    if (!plan.webhooks) return;
    const word = this.wordOf(row);
    const lie = this.orderOf(row.key)?.plan.lie;
    if (lie?.operation === operationOf(row.key) && this.isFinal(word) && !this.liedOf.has(row.key)) {
      this.liedOf.add(row.key);
      const words = [word, this.oppositeOf(word, lie)] as const;
      const [first, second] = lie.comesFirst ? [words[1], words[0]] : words;
      const delay = this.wayMs();
      this.send(first, delay);
      this.send(second, delay + lie.gap_ms);
      return;
    }
    const isUntold = plan.webhooks.untold === operationOf(row.key) && word.state === "succeeded";
    if (isUntold || random.chance(plan.webhooks.lost)) return;
    for (let copies = random.chance(plan.webhooks.twice) ? 2 : 1; copies > 0; copies--)
      this.send(word, this.wayMs());
  }

  /**
   * True where the opposite would be a contradiction: it is none of a refusal that may be decided
   * anew, nor of a tombstone that proves nothing because the key may be forgotten.
   */
  private isFinal({ key, state, at }: Word): boolean {
    const { nature, webhooks } = this.world.run.plan;
    const askedAt = this.orderOf(key)?.plan.at_ms ?? 0;
    const ageMs = at + (webhooks?.skew_ms ?? 0) - askedAt;
    if (state === "tombstoned") return Math.max(ageMs, at - askedAt) < nature.key_ttl_seconds * 1000;
    return state === "succeeded" || (state === "refused" && nature.keeps_refusals);
  }

  /** How long a word is on its way: now and then until long after the end. */
  private wayMs(): number {
    const { plan, random } = this.world.run;
    if (!random.chance(plan.webhooks?.late ?? 0)) return random.between(20, 3_000);
    return random.between(0, random.pick([1, 10, 10, 600, 4_000])) * MINUTE;
  }

  private wordOf({ key, id, answer, at }: Row): Word {
    const { random } = this.world.run;
    const base = { key, id, state: answer.outcome, at, kind: "true" } as const;
    if (answer.outcome !== "succeeded") return { ...base, isWrong: false };
    const said = saidInstead(this.orderOf(key)?.plan.wrong, operationOf(key), answer, random);
    const { outcome: _, id: told, ...sums } = said as Effect;
    return { ...base, id: told, said: sums, isWrong: said !== answer };
  }

  private oppositeOf({ key, state, at }: Word, { isMisdated }: Lie): Word {
    const dated = isMisdated
      ? ({ kind: "misdated", at: at + this.world.run.random.pick([-1, 1]) * DAY_MS } as const)
      : ({ kind: "lie", at } as const);
    const base = { key, isWrong: false, ...dated };
    return state === "succeeded"
      ? { ...base, id: "lie-refused", state: "refused" }
      : { ...base, id: "lie-succeeded", state: "succeeded", said: askedUnder(this.world.store, key) };
  }

  /** Of what nobody asked for by then, the provider tells how it ended. */
  private forge(order: Order): void {
    const { payment_id, forged } = order.plan;
    if (!forged || !order.payment()) return;
    const { operation, state } = forged;
    const key = providerKey(payment_id, operation);
    const { schedule } = this.world.run;
    const said = state === "succeeded" ? { said: askedUnder(this.world.store, key) } : {};
    this.send({ key, id: "forged", state, at: schedule.now, kind: "forged", isWrong: false, ...said }, 20);
  }

  private send(word: Word, delayMs: number): void {
    this.world.run.schedule.in(delayMs, () => this.deliver(word, 1));
  }

  private deliver(word: Word, attempt: number): void {
    const { world } = this;
    const { schedule, trace } = world.run;
    // Of what was asked for since, it would be a lie, and no early word.
    if (word.kind === "forged" && this.isAsked(word.key)) return;
    trace.fault(
      schedule.now,
      "provider",
      `tells ${operationOf(word.key)} ${word.state}${word.kind === "true" ? "" : ` (${word.kind})`}`,
      `webhook: ${word.kind} ${word.state}`,
    );
    const { key, state, kind, isWrong } = word;
    const isKnownOtherwise = state !== "succeeded" && this.isKnown(key);
    this.told.push({ key, state, kind, isWrong, at_ms: schedule.now, isKnownOtherwise });
    world.invoke(
      "receive-provider-webhook",
      async (by) => {
        const receive = receiveProviderWebhook({
          ...carePortsOf(world, by, "receive-provider-webhook"),
          signatures: new Map([[PROVIDER, { isAuthentic: async () => true }]]),
          natureOf: () => world.run.plan.nature,
        });
        const { outcome } = await receive({ provider: PROVIDER, headers: {}, rawBody: this.bodyOf(word) });
        return outcome;
      },
      () => {
        if (attempt < MOST_TRIES || (isCalm(world.run) && attempt < 2 * MOST_TRIES))
          schedule.in(10_000 * 2 ** attempt, () => this.deliver(word, attempt + 1));
      },
    );
  }

  private bodyOf({ key, id, state, at, said = {} }: Word): string {
    const { webhooks } = this.world.run.plan;
    const { reference, amount, currency, received, received_currency } = webhooks?.isCurt ? {} : said;
    const operation: Record<string, unknown> = {
      id: id === "" ? undefined : id,
      operation: operationOf(key),
      idempotency_key: key,
      reference: reference ?? paymentOf(key),
      state,
      amount: amount && Number(amount),
      currency,
      receive_amount: received && Number(received),
      receive_currency: received_currency,
      at: new Date(START + Math.floor(at + (webhooks?.skew_ms ?? 0))).toISOString(),
    };
    return JSON.stringify({ type: "operation.updated", operation });
  }

  private isAsked(key: string): boolean {
    const step = STEP_OF[operationOf(key) as ForwardOperation];
    return this.orderOf(key)?.payment()?.marks.asked[step] !== undefined;
  }

  /** True where the provider's own word for it is kept, or it is recorded. */
  private isKnown(key: string): boolean {
    const payment = this.orderOf(key)?.payment();
    const operation = operationOf(key) as ForwardOperation;
    const fact = payment?.facts?.[operation];
    const isTold = fact?.state === "succeeded" && (fact.doubt === undefined || fact.differs === true);
    return payment !== undefined && (isTold || isDone(payment, STEP_OF[operation]));
  }

  private orderOf(key: string): Order | undefined {
    return this.world.orders.find(({ plan }) => plan.payment_id === paymentOf(key));
  }
}
