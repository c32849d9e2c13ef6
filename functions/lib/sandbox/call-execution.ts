// How a call is carried out: its latency, the moment of its effect, and its faults. The effect
// never waits for the client: a client that hangs up early may still have caused it.
import type { Books, Operation, Telling } from "./books.ts";
import { DEVIATIONS } from "./deviations.ts";
import type { Delivery, Misfortune, Plan } from "./faults.ts";
import { type Answer, type Call, failure, fingerprintOf } from "./idempotent-operations.ts";

const LATENCY_MS = { least: 100, most: 300 };
/** Later than any client waits, and earlier than `in_flight_seconds`. */
const LATE_MS = 12_000;
/** Slow, but within what a client waits. */
const SLOW_MS = 4_000;
/** As late as a client waits: what the webhooks say meanwhile is there before. */
const LAST_WORD_MS = 6_500;

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

/** It validates before it looks anything up. So the words are the same where the key is known. */
const tooSmall = (status: number) => failure(status, "amount_too_small", "the amount is too small");
/** Before the effect: the provider is out, or it is asked too often. */
function turnedAway(delivery: Delivery): Answer | undefined {
  if (delivery === "unavailable")
    return failure(503, "unavailable", "the provider is unavailable; nothing was done");
  if (delivery !== "rate_limited") return undefined;
  const answer = failure(429, "rate_limited", "too many requests; nothing was done");
  return { ...answer, headers: { "retry-after": "1" } };
}

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
    const plan = await this.misfortune.planOf(reference);
    const delivery = await this.misfortune.delivery(plan, operation);
    return this.timed(delivery, async () => {
      const away = turnedAway(delivery);
      if (away) return away;
      const rejection = delivery === undefined ? await this.rejection(plan, operation) : undefined;
      if (rejection) return rejection;
      const found = await this.books.find(key);
      const stuck = found ? undefined : await this.stuckAnswer(key, fingerprint, delivery === "sticky_500");
      if (stuck) return stuck;
      const isForgotten =
        found !== undefined && found.state !== "tombstoned" && (await plan.strikes(operation, "expired_key"));
      const call = { key, fingerprint, isForgotten, isRefused: false };
      return found && !isForgotten ? decide(call) : this.decideAnew(plan, operation, call, decide);
    });
  }

  /** A call that is answered may be rejected. What is lost or late on its way is carried out. */
  private async rejection(plan: Plan, operation: Operation): Promise<Answer | undefined> {
    const rejected = await plan.strike(operation, ["rejected_400", "rejected_422"]);
    return rejected && tooSmall(rejected === "rejected_400" ? 400 : 422);
  }

  /** The operation is decided now, with what the plan orders for that. */
  private async decideAnew(
    plan: Plan,
    operation: Operation,
    call: Call,
    decide: (call: Call) => Promise<Answer>,
  ): Promise<Answer> {
    const faults = await this.faultsOfDecision(plan, operation);
    const answer = await decide({ ...call, ...faults });
    // Both words about it are out before its own answer.
    if (faults.isContradicted) await this.pace.wait(LAST_WORD_MS);
    return answer;
  }

  private async faultsOfDecision(plan: Plan, operation: Operation) {
    const isRefused = await plan.strikes(operation, "refused");
    const deviation = isRefused ? undefined : await plan.strike(operation, DEVIATIONS);
    const isPending = await plan.strikes(operation, "pending");
    const isContradicted = await plan.strikes(operation, "contradicted");
    const telling = await this.tellingOf(plan, operation, isContradicted);
    return {
      isRefused,
      isPending,
      isContradicted,
      ...(deviation ? { deviation } : {}),
      ...(telling ? { telling } : {}),
    };
  }

  private async tellingOf(
    plan: Plan,
    operation: Operation,
    isContradicted: boolean,
  ): Promise<Telling | undefined> {
    if (await plan.strikes(operation, "lost_webhook")) return "never";
    if (isContradicted) return "at_once";
    return (await plan.strikes(operation, "duplicate")) ? "twice" : undefined;
  }

  /** A query or a tombstone of a key: neither moves money. */
  async ask(reference: string, answer: () => Promise<Answer>, canForget: boolean): Promise<Outcome> {
    const plan = await this.misfortune.planOf(reference);
    const delivery = await this.misfortune.delivery(plan, "query");
    return this.timed(delivery, async () => {
      const away = turnedAway(delivery);
      if (away) return away;
      if (delivery === "sticky_500") return failure(500, "internal_error", "the provider failed");
      if (await plan.strikes("query", "refused"))
        return failure(403, "query_refused", "the provider does not tell");
      if (canForget && (await plan.strikes("query", "expired_key")))
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
    return this.timed(outage, async () => turnedAway(outage) ?? answer());
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
