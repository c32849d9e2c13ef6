// What every desk of the provider has in common: a key is decided once, and a repetition gets the
// same answer. Two requests with one key can run side by side, and each decides by what it read.
// The commit lets one through. The other reads again and answers with the first one's result.
import { createHash } from "node:crypto";
import type { Books, Commit, Entry, OperationName, Telling } from "./books.ts";
import { type Deviation, deviating } from "./deviations.ts";

export type Answer = { status: number; body: unknown; headers?: Record<string, string> };

/** One call, with the faults that were worked out for it before. */
export type Call = {
  key: string;
  fingerprint: string;
  /** The plan refuses this call. */
  isRefused: boolean;
  /** The key has expired at the provider: a replay counts as new. */
  isForgotten: boolean;
  /** How the plan lets the webhook about this call go out, where that is not as usual. */
  telling?: Telling;
  /** The plan lets its webhook say the contrary first. */
  isContradicted?: boolean;
  /** How the plan lets what happens differ from what was asked. */
  deviation?: Deviation;
  /** The plan accepts the operation now and settles it later. */
  isPending?: boolean;
};
export type Decision = { answer: Answer } | { commit: Commit };
/** The request's part of a row. Of a ramp also what it is to give. */
export type Asked = {
  reference: string;
  amount: number;
  currency: string;
  receive_amount?: number;
  receive_currency?: string;
};

/**
 * Another round is needed only when another call commits in between, and each such commit settles
 * something for good.
 */
const MAX_ROUNDS = 20;
export const ID_PREFIX: Readonly<Record<OperationName, string>> = {
  authorize: "auth",
  capture: "cap",
  void: "void",
  on_ramp: "on",
  off_ramp: "off",
  reverse_on_ramp: "rev",
  unknown: "op",
};

export const failure = (status: number, code: string, message: string): Answer => ({
  status,
  body: { error: { code, message } },
});

/** The row at that moment. A pending operation settles at its time, also when nobody reads it. */
export function asOf({ settles_at, ...entry }: Entry, now: Date): Entry {
  if (settles_at === undefined || Date.parse(settles_at) > now.getTime())
    return { ...entry, ...(settles_at ? { settles_at } : {}) };
  return { ...entry, state: entry.refusal ? "refused" : "succeeded", at: settles_at };
}

/** A row as clients see it at that moment. */
export function shownOf(entry: Entry, now: Date) {
  const {
    fingerprint: _f,
    refusal: _r,
    hold: _h,
    settles_at: _s,
    contrary_until: _c,
    stated_reference,
    ...shown
  } = asOf(entry, now);
  return stated_reference === undefined ? shown : { ...shown, reference: stated_reference };
}

/** How long a webhook says the contrary of what happened. */
const CONTRARY_MS = 1_500;

const canonical = (value: unknown): unknown =>
  value && typeof value === "object" && !Array.isArray(value)
    ? Object.entries(value)
        .sort(([a], [b]) => (a < b ? -1 : 1))
        .map(([name, part]) => [name, canonical(part)])
    : value;

/** Equal for equal requests, whatever the order of their fields. */
export const fingerprintOf = (operation: string, request: unknown): string =>
  createHash("sha256")
    .update(JSON.stringify([operation, canonical(request)]))
    .digest("hex");

/** What a provider needs from outside. */
export type World = {
  now: () => Date;
  /** The moment so many milliseconds ahead, where waits may be scaled. */
  ahead: (ms: number) => Date;
  /** A number in [0, 1). */
  random: () => number;
  /** 32 hexadecimal digits, never the same twice. */
  newId: () => string;
  /** Called for everything that takes effect. */
  onEffect: (operation: OperationName) => void;
};

export class Desk {
  protected readonly books: Books;
  protected readonly world: World;

  constructor(books: Books, world: World) {
    this.books = books;
    this.world = world;
  }

  /** A row as clients see it now. */
  view(entry: Entry) {
    return { object: "operation", ...shownOf(entry, this.world.now()) };
  }

  /** The answer of a row, the same the first time and every later time. */
  protected answerOf(entry: Entry): Answer {
    if (entry.state === "tombstoned")
      return failure(409, "tombstoned", "this key was tombstoned: nothing takes effect under it");
    const body = this.view(entry);
    if (body.state === "pending") return { status: 202, body };
    if (entry.refusal) return failure(entry.refusal.status, entry.refusal.code, entry.refusal.message);
    return { status: 201, body };
  }

  /**
   * Decides and commits, and repeats while other calls commit in between. From the second round on,
   * a row that exists gives the answer.
   */
  protected async settle(
    call: Call,
    decide: (forget: { forget?: string }) => Promise<Decision>,
  ): Promise<Answer> {
    let isForgotten = call.isForgotten;
    for (let round = 0; round < MAX_ROUNDS; round += 1) {
      const found = await this.books.find(call.key);
      const isNew = isForgotten && found?.state !== "tombstoned";
      const standing = isNew ? undefined : this.standingAnswer(found, call);
      if (standing) return standing;
      isForgotten = false;
      const decision = await decide(found ? { forget: found.id } : {});
      if ("answer" in decision) return decision.answer;
      const commit = this.told(decision.commit, call);
      if (await this.books.commit(commit)) return this.firstAnswer(commit.insert);
    }
    return failure(503, "unavailable", "too many requests at once for this payment");
  }

  private firstAnswer(entry: Entry): Answer {
    if (!entry.refusal && entry.state !== "tombstoned") this.world.onEffect(entry.operation);
    return entry.state === "tombstoned" ? { status: 200, body: this.view(entry) } : this.answerOf(entry);
  }

  /** The commit with what the plan orders about its webhook. */
  private told(commit: Commit, { telling, isContradicted }: Call): Commit {
    const insert = isContradicted ? this.contradicted(commit.insert) : commit.insert;
    return { ...commit, insert, ...(telling ? { telling } : {}) };
  }

  /** From its last word on, the webhook says for a while what did not happen. */
  private contradicted(entry: Entry): Entry {
    const { now, ahead } = this.world;
    const waits = entry.settles_at ? Date.parse(entry.settles_at) - now().getTime() : 0;
    return { ...entry, contrary_until: new Date(ahead(CONTRARY_MS).getTime() + waits).toISOString() };
  }

  /** The answer that the books already hold for the key, unless the request has another body. */
  private standingAnswer(found: Entry | undefined, { fingerprint }: Call): Answer | undefined {
    if (!found) return undefined;
    if (found.state !== "tombstoned" && found.fingerprint !== fingerprint)
      return failure(422, "idempotency_key_reused", "this key came before with another body");
    return this.answerOf(found);
  }

  protected entry(
    operation: OperationName,
    { key, fingerprint, deviation }: Pick<Call, "key" | "fingerprint" | "deviation">,
    { reference, amount, currency, receive_amount, receive_currency }: Asked,
  ): Entry {
    const entry: Entry = {
      id: `${ID_PREFIX[operation]}_${this.world.newId()}`,
      operation,
      idempotency_key: key,
      reference,
      amount,
      currency,
      state: "succeeded",
      at: this.world.now().toISOString(),
      fingerprint,
      ...(receive_amount === undefined ? {} : { receive_amount }),
      ...(receive_amount === undefined || receive_currency === undefined ? {} : { receive_currency }),
    };
    return deviation ? deviating(entry, deviation, this.world.newId) : entry;
  }
}

/** A refusal. A pending operation is refused when it settles. */
export function refusal(
  entry: Entry,
  status: number,
  code: string,
  message: string,
  forget: object,
): Decision {
  const state = entry.state === "pending" ? "pending" : "refused";
  return { commit: { insert: { ...entry, state, refusal: { status, code, message } }, ...forget } };
}
