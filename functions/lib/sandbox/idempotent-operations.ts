// What every desk of the provider has in common: a key is decided once, and whoever comes again gets that answer.
// Two requests with one key can run side by side: each decides by what it read, the commit lets one through, and the other
// reads again and answers with the first one's result.
import { createHash } from "node:crypto";
import type { Books, Commit, Entry, OperationName } from "./books.ts";

export type Answer = { status: number; body: unknown };

/** What a request is decided with: its faults were worked out before. */
export type Call = {
  key: string;
  fingerprint: string;
  /** The plan says that this one is refused. */
  isRefused: boolean;
  /** The provider has forgotten the key: a replay counts as new. */
  isForgotten: boolean;
  /** The plan says that the webhook about it comes twice. */
  isToldTwice?: boolean;
  /** The plan says that it is accepted now and settled later. */
  isPending?: boolean;
};
export type Decision = { answer: Answer } | { commit: Commit };
/** What a row of a desk is made of. */
export type Asked = { reference: string; amount: number; currency: string };

/** Only a commit of somebody else makes a round necessary, and every one of them settles something for good. */
const MAX_ROUNDS = 20;
const ID_PREFIX: Readonly<Record<OperationName, string>> = {
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

/** The row as it stands at that moment: what was accepted is settled once its time has come, whether anybody looks or not. */
export function asOf({ settles_at, ...entry }: Entry, now: Date): Entry {
  if (settles_at === undefined || Date.parse(settles_at) > now.getTime())
    return { ...entry, ...(settles_at ? { settles_at } : {}) };
  return { ...entry, state: entry.refusal ? "refused" : "succeeded", at: settles_at };
}

const canonical = (value: unknown): unknown =>
  value && typeof value === "object" && !Array.isArray(value)
    ? Object.entries(value)
        .sort(([a], [b]) => (a < b ? -1 : 1))
        .map(([name, part]) => [name, canonical(part)])
    : value;

/** The same for the same request, however its fields are ordered. */
export const fingerprintOf = (operation: string, request: unknown): string =>
  createHash("sha256")
    .update(JSON.stringify([operation, canonical(request)]))
    .digest("hex");

/** What a provider takes from outside. */
export type World = {
  now: () => Date;
  /** The moment so many milliseconds ahead, where waits may be scaled. */
  ahead: (ms: number) => Date;
  /** A number in [0, 1). */
  random: () => number;
  /** Never the same twice: 32 hexadecimal digits. */
  newId: () => string;
  /** Hears of everything that takes effect. */
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
    const {
      fingerprint: _f,
      refusal: _r,
      hold: _h,
      settles_at: _s,
      ...shown
    } = asOf(entry, this.world.now());
    return { object: "operation", ...shown };
  }

  /** The answer that a row gives, the first time and every time after. */
  protected answerOf(entry: Entry): Answer {
    if (entry.state === "tombstoned")
      return failure(409, "tombstoned", "this key was tombstoned: nothing takes effect under it");
    const body = this.view(entry);
    if (body.state === "pending") return { status: 202, body };
    if (entry.refusal) return failure(entry.refusal.status, entry.refusal.code, entry.refusal.message);
    return { status: 201, body };
  }

  /** Decides and commits, again while others commit in between: after the first round what stands, stands. */
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
      const { isToldTwice = false } = call;
      if (await this.books.commit({ ...decision.commit, isToldTwice }))
        return this.firstAnswer(decision.commit.insert);
    }
    return failure(503, "unavailable", "too many requests at once for this payment");
  }

  private firstAnswer(entry: Entry): Answer {
    if (!entry.refusal && entry.state !== "tombstoned") this.world.onEffect(entry.operation);
    return entry.state === "tombstoned" ? { status: 200, body: this.view(entry) } : this.answerOf(entry);
  }

  /** What the books say already: the key's own answer, unless it comes with another body. */
  private standingAnswer(found: Entry | undefined, { fingerprint }: Call): Answer | undefined {
    if (!found) return undefined;
    if (found.state !== "tombstoned" && found.fingerprint !== fingerprint)
      return failure(422, "idempotency_key_reused", "this key came before with another body");
    return this.answerOf(found);
  }

  protected entry(
    operation: OperationName,
    { key, fingerprint }: Pick<Call, "key" | "fingerprint">,
    { reference, amount, currency }: Asked,
  ): Entry {
    return {
      id: `${ID_PREFIX[operation]}_${this.world.newId()}`,
      operation,
      idempotency_key: key,
      reference,
      amount,
      currency,
      state: "succeeded",
      at: this.world.now().toISOString(),
      fingerprint,
    };
  }
}

/** What was accepted for now is refused when it settles. */
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
