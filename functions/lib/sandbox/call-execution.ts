// How a call is carried out: its latency, the moment of its effect, and its faults. The effect
// never waits for the client: a client that hangs up early may still have caused it.
import type { Books, Operation } from "./books.ts";
import type { Delivery, Misfortune } from "./faults.ts";
import { type Answer, type Call, failure, fingerprintOf } from "./idempotent-operations.ts";

const LATENCY_MS = { least: 100, most: 300 };
/** Later than any client waits, and earlier than `in_flight_seconds`. */
const LATE_MS = 12_000;
/** Slow, but within what a client waits. */
const SLOW_MS = 4_000;

/**
 * A request to move money. `operation` is its name in the fault plan, and `body` is all that was
 * sent.
 */
export type Sent = {
  operation: Operation;
  key: string;
  reference: string;
  body: unknown;
};
/** `lost`: the effect happens, and no answer is sent. */
export type Outcome = Answer | "lost";
export type Pace = { wait: (ms: number) => Promise<unknown>; random: () => number };

const unavailable = () => failure(503, "unavailable", "the provider is unavailable; nothing was done");

export class Conduct {
  private readonly books: Books;
  private readonly misfortune: Misfortune;
  private readonly pace: Pace;

  constructor(books: Books, misfortune: Misfortune, pace: Pace) {
    this.books = books;
    this.misfortune = misfortune;
    this.pace = pace;
  }

  /**
   * A money operation. `body` is the request as sent. The same key with another body is refused.
   */
  async operate(
    { operation, key, reference, body }: Sent,
    decide: (call: Call) => Promise<Answer>,
  ): Promise<Outcome> {
    const fingerprint = fingerprintOf(operation, body);
    const delivery = await this.misfortune.delivery(reference, operation);
    return this.timed(delivery, async () => {
      if (delivery === "unavailable") return unavailable();
      const found = await this.books.find(key);
      const stuck = found ? undefined : await this.stuckAnswer(key, fingerprint, delivery === "sticky_500");
      if (stuck) return stuck;
      const strikes = async (fault: "refused" | "expired_key" | "duplicate" | "pending") =>
        (await this.misfortune.strike(reference, operation, [fault])) !== undefined;
      const isForgotten =
        found !== undefined && found.state !== "tombstoned" && (await strikes("expired_key"));
      const isNew = !found || isForgotten;
      const isRefused = isNew && (await strikes("refused"));
      const isToldTwice = isNew && (await strikes("duplicate"));
      const isPending = isNew && (await strikes("pending"));
      return decide({ key, fingerprint, isForgotten, isRefused, isToldTwice, isPending });
    });
  }

  /** A query or a tombstone of a key: neither moves money. */
  async ask(reference: string, answer: () => Promise<Answer>, canForget: boolean): Promise<Outcome> {
    const delivery = await this.misfortune.delivery(reference, "query");
    return this.timed(delivery, async () => {
      if (delivery === "unavailable") return unavailable();
      if (delivery === "sticky_500") return failure(500, "internal_error", "the provider failed");
      if (await this.misfortune.strike(reference, "query", ["refused"]))
        return failure(403, "query_refused", "the provider does not tell");
      if (canForget && (await this.misfortune.strike(reference, "query", ["expired_key"])))
        return failure(404, "not_found", "nothing is known under this key");
      return answer();
    });
  }

  /**
   * A query of the market. It belongs to no payment, so only an outage affects it. Without an
   * outage it takes no time.
   */
  async look(answer: () => Answer): Promise<Outcome> {
    const outage = this.misfortune.outage();
    if (!outage) return answer();
    return this.timed(outage, async () => (outage === "unavailable" ? unavailable() : answer()));
  }

  /**
   * A stored 500 is the key's answer until the books hold a row for the key. Only a tombstone can
   * add that row.
   */
  private async stuckAnswer(
    key: string,
    fingerprint: string,
    isStruck: boolean,
  ): Promise<Answer | undefined> {
    const { status, body } = failure(500, "internal_error", "the provider failed, and will for this key");
    if (isStruck) await this.books.storeAnswer(key, { fingerprint, status, body });
    const stored = await this.books.storedAnswer(key);
    if (!stored) return undefined;
    if (stored.fingerprint !== fingerprint)
      return failure(422, "idempotency_key_reused", "this key came before with another body");
    return { status: stored.status, body: stored.body };
  }

  private async timed(delivery: Delivery, effect: () => Promise<Answer>): Promise<Outcome> {
    const { wait, random } = this.pace;
    const latency = LATENCY_MS.least + random() * (LATENCY_MS.most - LATENCY_MS.least);
    const before = random() * latency;
    await wait(delivery === "timeout" ? LATE_MS : before);
    const answer = await effect();
    if (delivery === "lost") return "lost";
    await wait(delivery === "slow" ? SLOW_MS : latency - before);
    return answer;
  }
}
