// What the provider decides, pure over its books: whether a request takes effect, is refused, or was decided before.
// Two requests with one key can run side by side: each decides by what it read, the commit lets one through, and the other
// reads again and answers with the first one's result.
import { createHash, randomUUID } from "node:crypto";
import type { Books, Commit, Entry, Hold, OperationName } from "./books.ts";

export type Answer = { status: number; body: unknown };
export type AuthorizeRequest = { reference: string; amount: number; currency: string };
export type CaptureRequest = AuthorizeRequest & { authorization_id: string };
export type VoidRequest = { reference: string; operation_key: string };
export type Operation = "authorize" | "capture" | "void";

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
};
type Found = (Entry & { live: boolean }) | undefined;
type Decision = { answer: Answer } | { commit: Commit };

/** Only a commit of somebody else makes a round necessary, and every one of them settles something for good. */
const MAX_ROUNDS = 20;
/** ISO 4217 for "no currency": a tombstone holds no money. */
const NO_CURRENCY = "XXX";
const ID_PREFIX = { authorize: "auth", capture: "cap", void: "void", unknown: "op" } as const;

export const failure = (status: number, code: string, message: string): Answer => ({
  status,
  body: { error: { code, message } },
});

/** A row as clients see it. */
export function view({ fingerprint: _f, refusal: _r, hold: _h, ...entry }: Entry & { live?: boolean }) {
  const { live: _live, ...shown } = entry;
  return { object: "operation", ...shown };
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

/** Keys are `<reference>:<operation>`; a tombstone has nothing else to tell what it stands for. */
function operationOf(key: string): OperationName {
  const name = key.slice(key.lastIndexOf(":") + 1);
  return name === "authorize" || name === "capture" || name === "void" ? name : "unknown";
}

/** The answer that a row gives, the first time and every time after. */
function answerOf(entry: Entry): Answer {
  if (entry.state === "tombstoned")
    return failure(409, "tombstoned", "this key was tombstoned: nothing takes effect under it");
  if (entry.refusal) return failure(entry.refusal.status, entry.refusal.code, entry.refusal.message);
  return { status: 201, body: view(entry) };
}

export class Provider {
  private readonly books: Books;
  private readonly now: () => Date;
  private readonly onEffect: (operation: string) => void;

  constructor(books: Books, now: () => Date, onEffect: (operation: string) => void) {
    this.books = books;
    this.now = now;
    this.onEffect = onEffect;
  }

  authorize(call: Call, request: AuthorizeRequest): Promise<Answer> {
    return this.settle(call, async (forget) => {
      const entry = this.entry("authorize", call, request);
      if (call.isRefused) return refusal(entry, 402, "card_declined", "the card was declined", forget);
      return { commit: { insert: { ...entry, hold: { captured: 0 } }, ...forget } };
    });
  }

  capture(call: Call, request: CaptureRequest): Promise<Answer> {
    return this.settle(call, async (forget) => {
      const entry = this.entry("capture", call, request);
      const authorization = await this.books.findById(request.authorization_id);
      const hold = authorization?.hold;
      if (!authorization || !hold)
        return { answer: failure(404, "authorization_not_found", "there is no such authorization") };
      if (hold.voided_by)
        return refusal(entry, 409, "authorization_voided", "the authorization was voided", forget);
      if (call.isRefused) return refusal(entry, 402, "capture_declined", "the capture was declined", forget);
      if (request.currency !== authorization.currency)
        return { answer: failure(422, "currency_mismatch", `authorized in ${authorization.currency}`) };
      const captured = hold.captured + request.amount;
      if (captured > authorization.amount)
        return { answer: failure(422, "amount_exceeds_authorization", "more than what is authorized") };
      const change = { id: authorization.id, from: hold, to: { ...hold, captured } };
      return { commit: { insert: entry, change, ...forget } };
    });
  }

  /** A refused void is not remembered: a hold must stay releasable, so the same key may try again. */
  void(call: Call, request: VoidRequest): Promise<Answer> {
    return this.settle(call, async (forget) => {
      if (call.isRefused) return { answer: failure(402, "void_refused", "the void was refused for now") };
      const target = await this.books.find(request.operation_key);
      if (!target) return { commit: { insert: this.tombstone(request) } };
      if (target.state === "tombstoned") return { answer: { status: 200, body: view(target) } };
      const { amount, currency, hold } = target;
      if (!hold)
        return {
          commit: { insert: this.entry("void", call, { ...request, amount: 0, currency }), ...forget },
        };
      if (hold.captured > 0)
        return { answer: failure(409, "already_captured", "the authorization was captured") };
      const earlier = hold.voided_by && (await this.books.findById(hold.voided_by));
      if (earlier) return { answer: answerOf(earlier) };
      const entry = this.entry("void", call, { ...request, amount, currency });
      const to: Hold = { ...hold, voided_by: entry.id };
      return { commit: { insert: entry, change: { id: target.id, from: hold, to }, ...forget } };
    });
  }

  /** Promises that nothing ever takes effect under a key that is still unseen; otherwise tells what is under it. */
  async tombstoneKey(request: VoidRequest): Promise<Answer> {
    await this.books.commit({ insert: this.tombstone(request) });
    return this.query(request.operation_key);
  }

  async query(key: string): Promise<Answer> {
    const found = await this.books.find(key);
    if (!found) return failure(404, "not_found", "nothing is known under this key");
    return { status: 200, body: view(found) };
  }

  /** Decides and commits, again while others commit in between: after the first round what stands, stands. */
  private async settle(
    call: Call,
    decide: (forget: { forget?: string }) => Promise<Decision>,
  ): Promise<Answer> {
    let isForgotten = call.isForgotten;
    for (let round = 0; round < MAX_ROUNDS; round += 1) {
      const found = await this.books.find(call.key);
      const isNew = isForgotten && found?.state !== "tombstoned";
      const standing = isNew ? undefined : standingAnswer(found, call);
      if (standing) return standing;
      isForgotten = false;
      const decision = await decide(found?.live ? { forget: found.id } : {});
      if ("answer" in decision) return decision.answer;
      const { isToldTwice = false } = call;
      if (await this.books.commit({ ...decision.commit, isToldTwice }))
        return this.firstAnswer(decision.commit.insert);
    }
    return failure(503, "unavailable", "too many requests at once for this payment");
  }

  private firstAnswer(entry: Entry): Answer {
    if (entry.state === "succeeded") this.onEffect(entry.operation);
    return entry.state === "tombstoned" ? { status: 200, body: view(entry) } : answerOf(entry);
  }

  private entry(
    operation: "authorize" | "capture" | "void",
    { key, fingerprint }: Call,
    { reference, amount, currency }: AuthorizeRequest,
  ): Entry {
    return {
      id: `${ID_PREFIX[operation]}_${randomUUID().replaceAll("-", "")}`,
      operation,
      idempotency_key: key,
      reference,
      amount,
      currency,
      state: "succeeded",
      at: this.now().toISOString(),
      fingerprint,
    };
  }

  private tombstone({ operation_key, reference }: VoidRequest): Entry {
    const operation = operationOf(operation_key);
    return {
      id: `${ID_PREFIX[operation]}_${randomUUID().replaceAll("-", "")}`,
      operation,
      idempotency_key: operation_key,
      reference,
      amount: 0,
      currency: NO_CURRENCY,
      state: "tombstoned",
      at: this.now().toISOString(),
      fingerprint: "",
    };
  }
}

/** What the books say already: the key's own answer, unless it comes with another body. */
function standingAnswer(found: Found, { fingerprint }: Call): Answer | undefined {
  if (!found) return undefined;
  if (found.state !== "tombstoned" && found.fingerprint !== fingerprint)
    return failure(422, "idempotency_key_reused", "this key came before with another body");
  return answerOf(found);
}

function refusal(entry: Entry, status: number, code: string, message: string, forget: object): Decision {
  return {
    commit: { insert: { ...entry, state: "refused", refusal: { status, code, message } }, ...forget },
  };
}
