// The card desk of the provider, and the queries of any key. Its only state is its books.
import { type Commit, type Entry, type Hold, OPERATIONS, type OperationName } from "./books.ts";
import {
  type Answer,
  type Asked,
  type Call,
  type Decision,
  Desk,
  failure,
  refusal,
} from "./idempotent-operations.ts";

export type CaptureRequest = Asked & { authorization_id: string };
export type TombstoneRequest = { reference: string; operation_key: string };
/** Names the authorization by its id, or by its key where the client never received the id. */
export type VoidRequest = TombstoneRequest & { authorization_id?: string };

/** Whether the plan makes the provider forget the key that a tombstone is asked for. */
export type Forgets = () => Promise<boolean>;
const remembers: Forgets = async () => false;

/** ISO 4217 for "no currency": a tombstone holds no money. */
const NO_CURRENCY = "XXX";

/**
 * Keys are `<reference>:<operation>`. Only the key shows which operation a tombstone stands for.
 */
function operationOf(key: string): OperationName {
  const name = key.slice(key.lastIndexOf(":") + 1);
  return OPERATIONS.find((operation) => operation === name) ?? "unknown";
}

export class Provider extends Desk {
  authorize(call: Call, request: Asked): Promise<Answer> {
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
      if (hold.captured + request.amount > authorization.amount)
        return { answer: failure(422, "amount_exceeds_authorization", "more than what is authorized") };
      const captured = hold.captured + entry.amount;
      const change = { row: { ...authorization, hold }, to: { ...hold, captured } };
      return { commit: { insert: entry, change, ...forget } };
    });
  }

  /**
   * A refused void is not recorded: the same key may try again, because a hold must stay
   * releasable.
   */
  void(call: Call, request: VoidRequest, forgets: Forgets = remembers): Promise<Answer> {
    return this.settle(call, async (forget) => {
      if (call.isRefused) return { answer: failure(402, "void_refused", "the void was refused for now") };
      const target = await this.named(request);
      const isByKey = request.authorization_id === undefined;
      if (isByKey && (await isUnseen(target, forgets))) return { commit: this.burial(request, target) };
      return target
        ? this.release(call, request, target, forget)
        : { answer: failure(404, "authorization_not_found", "there is no such authorization") };
    });
  }

  /** The authorization that a void names. An id counts only for the reference that owns it. */
  private async named({
    operation_key,
    authorization_id,
    reference,
  }: VoidRequest): Promise<Entry | undefined> {
    if (authorization_id === undefined) return this.books.find(operation_key);
    const found = await this.books.findById(authorization_id);
    return found?.reference === reference ? found : undefined;
  }

  /** Releases the authorization once, whatever the key of the void. */
  private async release(call: Call, request: VoidRequest, target: Entry, forget: object): Promise<Decision> {
    if (target.state === "tombstoned") return { answer: { status: 200, body: this.view(target) } };
    const { amount, currency, hold } = target;
    if (!hold)
      return { commit: { insert: this.entry("void", call, { ...request, amount: 0, currency }), ...forget } };
    if (hold.captured > 0)
      return { answer: failure(409, "already_captured", "the authorization was captured") };
    const earlier = hold.voided_by && (await this.books.findById(hold.voided_by));
    if (earlier) return { answer: this.answerOf(earlier) };
    const entry = this.entry("void", call, { ...request, amount, currency });
    const to: Hold = { ...hold, voided_by: entry.id };
    return { commit: { insert: entry, change: { row: { ...target, hold }, to }, ...forget } };
  }

  /**
   * Promises that nothing ever takes effect under an unseen key. For a known key, answers with its
   * row.
   */
  async tombstoneKey(request: TombstoneRequest, forgets: Forgets = remembers): Promise<Answer> {
    const found = await this.books.find(request.operation_key);
    if (await isUnseen(found, forgets)) await this.books.commit(this.burial(request, found));
    return this.query(request.operation_key);
  }

  async query(key: string): Promise<Answer> {
    const found = await this.books.find(key);
    if (!found) return failure(404, "not_found", "nothing is known under this key");
    return { status: 200, body: this.view(found) };
  }

  /** The commit of a tombstone. `forgotten` is the row that the key had, where it is forgotten. */
  private burial({ operation_key, reference }: TombstoneRequest, forgotten: Entry | undefined): Commit {
    const unsent = { key: operation_key, fingerprint: "" };
    const nothing = { reference, amount: 0, currency: NO_CURRENCY };
    const entry = this.entry(operationOf(operation_key), unsent, nothing);
    return { insert: { ...entry, state: "tombstoned" }, ...(forgotten ? { forget: forgotten.id } : {}) };
  }
}

/** True where a tombstone is due: the key has no row, or one that is forgotten. */
const isUnseen = async (found: Entry | undefined, forgets: Forgets): Promise<boolean> =>
  found === undefined || (found.state !== "tombstoned" && (await forgets()));
