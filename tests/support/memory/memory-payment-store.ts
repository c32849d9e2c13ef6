// Payments in memory, with the same judgements and the same round trips as the real store; the
// conformance suite keeps the two honest. Every round trip is one call of `carry`, which a
// simulation replaces to delay it or to lose its answer.
import { assertEvent } from "../../../functions/lib/contracts/event-contract.ts";
import {
  type ChangeEvent,
  isSagaEvent,
  type PaymentEvent,
  type SagaEvent,
} from "../../../functions/lib/contracts/event-types.ts";
import { type Beginning, guardOfIntent, needsNoLook } from "../../../functions/lib/domain/beginning.ts";
import { objectionToCancel } from "../../../functions/lib/domain/cancel.ts";
import type { Change } from "../../../functions/lib/domain/change.ts";
import { type Guard, objectionTo } from "../../../functions/lib/domain/guard.ts";
import type { KeptFingerprint } from "../../../functions/lib/domain/idempotency.ts";
import { type Operation, operationOrder } from "../../../functions/lib/domain/operation.ts";
import {
  type Changed,
  changeableOf,
  FIRST_OF,
  type PaymentRecord,
} from "../../../functions/lib/domain/payment.ts";
import {
  erasedAnswer,
  erasedFingerprint,
  withoutPersonal,
  withPersonal,
} from "../../../functions/lib/domain/personal-data.ts";
import {
  classifyFact,
  type Fact,
  type Facts,
  type Word,
} from "../../../functions/lib/domain/provider-fact.ts";
import { objectionToQuote, type Quote } from "../../../functions/lib/domain/quote.ts";
import type { Step } from "../../../functions/lib/domain/saga-definition.ts";
import { isTerminal } from "../../../functions/lib/domain/status.ts";
import {
  applyTransition,
  guardOf,
  isAchieved,
  parkedSince,
  type Transition,
} from "../../../functions/lib/domain/transition.ts";
import { type Holder, holderOrder, PURCHASE_STEP } from "../../../functions/lib/domain/value-in-transit.ts";
import {
  InsufficientFunds,
  InvariantBroken,
  StoreContention,
} from "../../../functions/lib/errors/registry.ts";
import type { Clock } from "../../../functions/lib/ports/clock.ts";
import type {
  Acceptance,
  Accepted,
  CancelRequest,
  ChangeOutcome,
  FactRecorded,
  Glance,
  Markable,
  Marked,
  Open,
  PaymentStore,
  Recounted,
} from "../../../functions/lib/ports/payment-store.ts";
import type { Kept } from "./memory-ledger-store.ts";
import { MemoryOperatorJournal } from "./memory-operator-journal.ts";

type First = { response: string; fingerprint: KeptFingerprint; acceptedBy: string };

/** One round trip to the store: the effect happens at one instant, wholly or not at all. */
export type Carry = <T>(operation: string, effect: () => T) => Promise<T>;

/** What the store judges by; a simulation takes one of them out to see that it is missed. */
export type Judgement = {
  objectionTo: typeof objectionTo;
  objectionToCancel: typeof objectionToCancel;
  guardOfIntent: typeof guardOfIntent;
  needsNoLook: typeof needsNoLook;
  isAchieved: typeof isAchieved;
  classifyFact: typeof classifyFact;
  checksVersion: boolean;
  keepsFirstMarks: boolean;
};
const SOUND: Judgement = {
  objectionTo,
  objectionToCancel,
  guardOfIntent,
  needsNoLook,
  isAchieved,
  classifyFact,
  checksVersion: true,
  keepsFirstMarks: true,
};

/** As often as in the real store. */
const VERSION_RACES = 5;

export class MemoryPaymentStore implements PaymentStore {
  readonly journals = new Map<string, Kept>();
  /** Funds of guarded accounts, by `account currency`. */
  readonly guards = new Map<string, bigint>();
  /** Shared with the quote store. */
  readonly quotes = new Map<string, Quote>();
  /** What this store writes into it, it writes with the act. */
  readonly operations = new MemoryOperatorJournal();
  private readonly payments = new Map<string, PaymentRecord>();
  private readonly trails = new Map<string, SagaEvent[]>();
  private readonly changed = new Map<string, Changed>();
  private readonly changes = new Map<string, ChangeEvent[]>();
  private readonly firsts = new Map<string, First>();
  private readonly references = new Map<string, string>();
  private readonly facts = new Map<string, Facts>();
  private readonly closed = new Set<string>();
  /** Since when a payment holds value in transit. */
  private readonly transit = new Map<string, string>();
  private clock: Clock;
  private readonly judgement: Judgement;
  private carry: Carry = async (_, effect) => effect();

  constructor(clock: Clock, judgement: Partial<Judgement> = {}) {
    this.clock = clock;
    this.judgement = { ...SOUND, ...judgement };
  }

  /**
   * The same store seen by somebody whose round trips go another way, and who may have a clock of
   * its own.
   */
  through(carry: Carry, clock: Clock = this.clock): MemoryPaymentStore {
    const view = Object.create(this) as MemoryPaymentStore;
    view.carry = carry;
    view.clock = clock;
    return view;
  }

  async accept(acceptance: Acceptance): Promise<Accepted> {
    assertEvent(acceptance.event);
    return this.carry("accept", () => this.putAcceptance(acceptance));
  }

  private putAcceptance({ payment, event, fingerprint, response, requestId, quote }: Acceptance): Accepted {
    const first = this.firsts.get(payment.payment_id);
    if (first?.acceptedBy === requestId) return { outcome: "created" };
    if (first) {
      const response = withPersonal(first.response, this.payments.get(payment.payment_id) ?? {});
      return { outcome: "known", response, fingerprint: first.fingerprint };
    }
    if (this.payments.has(payment.payment_id)) throw new StoreContention("a payment without its first event");
    const reference = referenceOf(payment);
    const holder = reference && this.references.get(reference);
    if (holder) return { outcome: "reference-taken", payment_id: holder };
    const quoted = quote && this.quotes.get(quote.quote_id);
    const objection = quote && objectionToQuote(quoted, quote.claim);
    if (objection) return { outcome: "quote-refused", ...objection };
    if (quoted) this.quotes.set(quoted.quote_id, { ...quoted, consumed_by: payment.payment_id });
    if (reference) this.references.set(reference, payment.payment_id);
    this.payments.set(payment.payment_id, structuredClone(payment));
    this.trails.set(payment.payment_id, [event]);
    const kept = { response: withoutPersonal(response), fingerprint, acceptedBy: requestId };
    this.firsts.set(payment.payment_id, kept);
    return { outcome: "created" };
  }

  async requestCancel(paymentId: string, merchantId: string): Promise<CancelRequest | undefined> {
    const now = this.clock.now();
    return this.carry("request cancel", () => {
      const payment = this.payments.get(paymentId);
      if (payment?.merchant_id !== merchantId) return undefined;
      const isNews = payment.cancel_requested_at === undefined;
      const objection = isNews ? this.judgement.objectionToCancel(payment) : undefined;
      if (objection) throw objection;
      payment.cancel_requested_at ??= now;
      return { payment: structuredClone(glanceOf(payment)), isNews };
    });
  }

  async load(paymentId: string): Promise<PaymentRecord | undefined> {
    return this.carry("load", () => this.read(paymentId));
  }

  /** It decides nothing, so it takes no trip of its own: who acts on it loads the payment. */
  async glances(paymentIds: string[]): Promise<Map<string, Glance>> {
    const shown = paymentIds.flatMap((id) => {
      const payment = this.read(id);
      return payment ? [[id, glanceOf(payment)] as const] : [];
    });
    return new Map(shown);
  }

  /** At two instants: a query of a partition is no snapshot of it. */
  async loadWithEvents(paymentId: string): Promise<Recounted | undefined> {
    const payment = await this.load(paymentId);
    // Nobody looks at the trail of one that is verified: it needs no trip of its own.
    const read = () => (payment?.verified_at ? this.wholeTrail(paymentId) : this.events(paymentId));
    return payment && { payment, events: await read() };
  }

  async events(paymentId: string): Promise<PaymentEvent[]> {
    return this.carry("events", () => this.wholeTrail(paymentId));
  }

  /** Each change behind the event that it came after. */
  private wholeTrail(paymentId: string): PaymentEvent[] {
    const placeOf = (event: PaymentEvent): number =>
      isSagaEvent(event) ? event.sequence : event.after_sequence + event.change / 100;
    return [...this.trail(paymentId), ...structuredClone(this.changes.get(paymentId) ?? [])].sort(
      (one, other) => placeOf(one) - placeOf(other),
    );
  }

  async change(payment: PaymentRecord, { changed, event }: Change): Promise<ChangeOutcome> {
    assertEvent(event);
    return this.carry("change", () => this.tryChange(payment, changed, event));
  }

  private tryChange(payment: PaymentRecord, changed: Changed, event: ChangeEvent): ChangeOutcome {
    const { payment_id, merchant_id } = payment;
    const before = this.changed.get(payment_id)?.changes ?? 0;
    if (before !== changed.changes - 1 || this.payments.get(payment_id)?.erased_at)
      return { outcome: "overtaken" };
    const told = this.changes.get(payment_id) ?? [];
    const [from, to] = [changeableOf(payment), changed.to].map(({ reference }) =>
      referenceOf({ merchant_id, reference }),
    );
    const [own, holder] = [from, to].map((reference) => reference && this.references.get(reference));
    if (from !== to && holder && holder !== payment_id)
      return { outcome: "reference-taken", payment_id: holder };
    if (own && own !== payment_id && from !== to)
      throw new InvariantBroken("what was changed before disagrees");
    if (from !== to && from) this.references.delete(from);
    if (from !== to && to) this.references.set(to, payment_id);
    this.changed.set(payment_id, structuredClone(changed));
    this.changes.set(payment_id, [...told, structuredClone(event)]);
    return { outcome: "changed" };
  }

  async erase(paymentId: string, operation: Operation): Promise<boolean> {
    const erased_at = operation.at;
    return this.carry("erase", () => {
      const payment = this.payments.get(paymentId);
      if (!payment || !isTerminal(payment.status)) return false;
      const order = operationOrder(operation);
      if (this.operations.kept.has(order) && !payment.erased_at)
        throw new InvariantBroken("the operation stands without its erasure");
      this.operations.kept.set(order, operation);
      const { user_id: _, description: __, metadata: ___, ...others } = payment;
      this.payments.set(paymentId, { erased_at, ...others });
      const changed = this.changed.get(paymentId);
      if (changed) {
        const { description: _, metadata: __, ...to } = changed.to;
        this.changed.set(paymentId, { ...changed, to });
      }
      const first = this.firsts.get(paymentId);
      if (!first) return true;
      const { response, fingerprint } = first;
      const kept = { response: erasedAnswer(response), fingerprint: erasedFingerprint(fingerprint) };
      this.firsts.set(paymentId, { ...first, ...kept });
      return true;
    });
  }

  /** For tests: the payment at this instant. */
  read(paymentId: string): PaymentRecord | undefined {
    const payment = this.payments.get(paymentId);
    const facts = this.facts.get(paymentId);
    const changed = this.changed.get(paymentId);
    const in_transit_since = this.transit.get(paymentId);
    return (
      payment &&
      structuredClone({
        ...payment,
        ...(changed ? { changed } : {}),
        ...(facts ? { facts } : {}),
        ...(in_transit_since ? { in_transit_since } : {}),
      })
    );
  }

  /** For tests: who owns the payment at this instant. */
  ownerOf(paymentId: string): string | undefined {
    return this.payments.get(paymentId)?.owner_execution;
  }

  /** For tests: true while two words of the provider contradict each other. */
  isDisputed(paymentId: string): boolean {
    return Object.values(this.facts.get(paymentId) ?? {}).some(({ contradicted }) => contradicted);
  }

  /** For tests: true once the merchant has cancelled the payment. */
  isCancelled(paymentId: string): boolean {
    return this.payments.get(paymentId)?.cancel_requested_at !== undefined;
  }

  /** For tests: true once the payment has left the open index. */
  isClosed(paymentId: string): boolean {
    return this.closed.has(paymentId);
  }

  /** For tests: its events at this instant, those after the first `skipped`. */
  trail(paymentId: string, skipped = 0): SagaEvent[] {
    return structuredClone(this.trails.get(paymentId)?.slice(skipped) ?? []).filter(() => true);
  }

  /** For tests: an event that nobody's commit wrote. */
  putEvent(event: PaymentEvent): void {
    const { payment_id } = event;
    const trail = this.trails.get(payment_id);
    if (!isSagaEvent(event)) this.changes.set(payment_id, [...(this.changes.get(payment_id) ?? []), event]);
    else if (trail) trail[event.sequence - 1] = event;
  }

  /** For tests: an event is gone, and with the first one what it says of the acceptance. */
  loseEvent(paymentId: string, sequence: number): void {
    delete this.trails.get(paymentId)?.[sequence - 1];
    if (sequence === 1) this.firsts.delete(paymentId);
  }

  /** For tests: the first answer is kept whole, as it once was. */
  keepWhole(paymentId: string, response: string): void {
    const first = this.firsts.get(paymentId);
    if (first) this.firsts.set(paymentId, { ...first, response });
  }

  /** For tests: the payment is gone; its trail and its facts stay. */
  losePayment(paymentId: string): void {
    this.payments.delete(paymentId);
  }

  /** For tests: the ids of all payments. */
  ids(): string[] {
    return [...this.payments.keys()];
  }

  async begin(paymentId: string, beginning: Beginning): Promise<PaymentRecord | undefined> {
    const now = this.clock.now();
    const { step } = beginning;
    return this.carry(`begin ${step}`, () => {
      const payment = this.payments.get(paymentId);
      const seen = this.read(paymentId);
      const { objectionTo, guardOfIntent, needsNoLook } = this.judgement;
      if (!payment || !seen || objectionTo(guardOfIntent(beginning), payment)) return undefined;
      if (!needsNoLook(seen, beginning)) return undefined;
      this.setMark(payment, "intent", step, now);
      return this.read(paymentId);
    });
  }

  async mark(paymentId: string, kind: Markable, step: Step, guard: Guard): Promise<Marked> {
    const now = this.clock.now();
    return this.carry(`mark ${kind} ${step}`, () => {
      const payment = this.guarded(paymentId, guard);
      const earlier = payment.marks[kind][step];
      this.setMark(payment, kind, step, now);
      return { payment: structuredClone(payment), ...(earlier === undefined ? {} : { earlier }) };
    });
  }

  private setMark({ payment_id, marks }: PaymentRecord, kind: Markable, step: Step, now: number): void {
    marks[kind][step] = now;
    if (kind !== "unreached") {
      const first = marks[FIRST_OF[kind]];
      if (first[step] === undefined || !this.judgement.keepsFirstMarks) first[step] = now;
    }
    if (kind === "intent" && step === PURCHASE_STEP && !this.transit.has(payment_id))
      this.transit.set(payment_id, new Date(now).toISOString());
  }

  async recordFailure(
    paymentId: string,
    failure: { code: string; message: string; step: string },
    guard: Guard,
    as: "final" | "doubted" = "final",
  ): Promise<void> {
    return this.carry(`record failure ${failure.code}`, () => {
      const payment = this.guarded(paymentId, { ...guard, refuses: failure.step as Step });
      if (as === "final") payment.failure ??= failure;
      else payment.doubted_refusal = failure;
    });
  }

  async recordFact(paymentId: string, fact: Fact): Promise<FactRecorded> {
    return this.carry(`put fact ${fact.operation} ${fact.state}`, () => {
      const kept = this.facts.get(paymentId)?.[fact.operation];
      const outcome = this.judgement.classifyFact(kept, fact);
      if (outcome === "recorded") this.keep(paymentId, fact);
      return outcome === "contradicts" ? { outcome, kept: kept as Fact } : { outcome };
    });
  }

  async dispute(paymentId: string, kept: Fact, { operation, ...word }: Fact): Promise<void> {
    return this.carry(`dispute ${operation}`, () => {
      const stands = this.facts.get(paymentId)?.[operation];
      const payment = this.payments.get(paymentId);
      if (!payment || stands?.state !== kept.state || stands.id !== kept.id)
        throw new StoreContention("what the provider told changed meanwhile");
      this.keep(paymentId, { ...stands, contradicted: stands.contradicted ?? word });
      payment.disputed = [...new Set([...(payment.disputed ?? []), operation])];
    });
  }

  async settle(
    paymentId: string,
    decided: Fact,
    [one, other]: [Word, Word],
    withdraws?: Step,
  ): Promise<void> {
    return this.carry(`settle ${decided.operation}`, () => {
      const stands = this.facts.get(paymentId)?.[decided.operation];
      const payment = this.payments.get(paymentId);
      const is = (word: Word | undefined, said: Word): boolean =>
        word !== undefined && word.state === said.state && word.id === said.id;
      const areBoth = is(stands, one) && is(stands?.contradicted, other);
      const isWithdrawn = withdraws === undefined || payment?.failure?.step === withdraws;
      if (!payment || !areBoth || !isWithdrawn)
        throw new StoreContention("what the provider told changed meanwhile");
      this.keep(paymentId, decided);
      const { disputed = [], failure, ...others } = payment;
      const left = disputed.filter((operation) => operation !== decided.operation);
      const reason = failure && (withdraws === undefined ? { failure } : { doubted_refusal: failure });
      this.payments.set(paymentId, { ...others, ...reason, ...(left.length > 0 ? { disputed: left } : {}) });
    });
  }

  private keep(paymentId: string, fact: Fact): void {
    this.facts.set(paymentId, { ...this.facts.get(paymentId), [fact.operation]: structuredClone(fact) });
  }

  async commit(payment: PaymentRecord, transition: Transition): Promise<PaymentRecord> {
    let current = payment;
    for (let race = 0; race <= VERSION_RACES; race++) {
      if (this.judgement.isAchieved(current, transition.achieves)) return structuredClone(current);
      const objection =
        this.judgement.objectionTo(guardOf(transition), current) ?? parkedSince(payment, current);
      if (objection) throw objection;
      const now = this.clock.now();
      const { payment: after, event } = applyTransition(current, transition, now);
      assertEvent(event);
      const write = () => this.tryCommit(current, after, event, transition);
      if (await this.carry(`commit ${event.type}`, write)) return after;
      if ("onlyIfUnchanged" in transition.achieves) break;
      const read = await this.load(payment.payment_id);
      if (!read) throw new InvariantBroken("the payment is gone");
      current = read;
    }
    throw new StoreContention("the payment changed faster than it could be written");
  }

  /**
   * One transaction; false when the payment is not as it was read. Only what the transition names
   * is written.
   */
  private tryCommit(
    before: PaymentRecord,
    after: PaymentRecord,
    event: SagaEvent,
    transition: Transition,
  ): boolean {
    const stored = this.payments.get(before.payment_id);
    if (!stored) throw new InvariantBroken("the payment is gone");
    const trail = this.trails.get(before.payment_id) ?? [];
    const isStale = stored.version !== before.version || trail[event.sequence - 1] !== undefined;
    if (this.judgement.checksVersion && isStale) return false;
    if (this.judgement.objectionTo(guardOf(transition), stored)) return false;
    const guards = this.guardsAfter(transition);
    if (transition.journals.some(({ journal_id }) => this.journals.has(journal_id)))
      throw new InvariantBroken("the journal disagrees with the payment");
    const reference = transition.releasesReference ? this.ownReference(stored) : undefined;
    // Nothing is refused from here on: all of it is written, or none.
    for (const [account, funds] of guards) this.guards.set(account, funds);
    for (const journal of transition.journals)
      this.journals.set(journal.journal_id, { ...journal, posted_at: after.updated_at });
    if (reference) this.references.delete(reference);
    const { status, step, version, updated_at } = after;
    Object.assign(stored, structuredClone(transition.changes), { status, step, version, updated_at });
    if (transition.leavesTransit) this.transit.delete(before.payment_id);
    if ("undone" in transition.achieves) {
      const { undone } = transition.achieves;
      Object.assign(stored.marks.undone, { [undone]: after.marks.undone[undone] });
    }
    trail[version - 1] = event;
    return true;
  }

  async close(paymentId: string, verifiedAt?: string): Promise<void> {
    return this.carry("close", () => {
      const payment = this.payments.get(paymentId);
      if (!payment || payment.verified_at) return;
      if (verifiedAt) payment.verified_at = verifiedAt;
      this.closed.add(paymentId);
    });
  }

  async openBefore(shard: number, before: string, limit: number, after?: Open): Promise<Open[]> {
    return this.carry("query open", () => this.openAt(shard, before, limit, after));
  }

  private openAt(shard: number, before: string, limit: number, after?: Open): Open[] {
    if (after && after.since >= before)
      throw new InvariantBroken("the place to go on at is outside of the list");
    if (shard !== 0) return [];
    return [...this.payments.values()]
      .filter(({ payment_id, created_at }) => !this.closed.has(payment_id) && created_at < before)
      .map(({ payment_id, created_at }) => ({ payment_id, since: created_at }))
      .filter((open) => !after || holderOrder(open) > holderOrder(after))
      .sort((a, b) => (holderOrder(a) < holderOrder(b) ? -1 : 1))
      .slice(0, limit);
  }

  async inTransit(shard: number, limit: number, after?: Holder): Promise<Holder[]> {
    return this.carry("query transit", () =>
      [...this.transit]
        .map(([payment_id, since]) => ({ payment_id, since }))
        .filter((holder) => shard === 0 && (!after || holderOrder(holder) > holderOrder(after)))
        .sort((a, b) => (holderOrder(a) < holderOrder(b) ? -1 : 1))
        .slice(0, limit),
    );
  }

  /** For tests: a payment is listed that should not be. */
  listInTransit(paymentId: string, since: string): void {
    this.transit.set(paymentId, since);
  }

  /** For tests: the payments that are listed as holding value in transit. */
  holders(): string[] {
    return [...this.transit.keys()];
  }

  /** For tests: what somebody else wrote, whom no method here stands for. */
  alter(paymentId: string, change: Partial<PaymentRecord>): void {
    const payment = this.payments.get(paymentId);
    if (!payment) throw new Error("there is no such payment to alter");
    Object.assign(payment, change);
  }

  private guarded(paymentId: string, guard: Guard): PaymentRecord {
    const payment = this.payments.get(paymentId);
    if (!payment) throw new InvariantBroken("a guard refused what it allows");
    const objection = this.judgement.objectionTo(guard, payment);
    if (objection) throw objection;
    return payment;
  }

  /** The reference that is the payment's to release. */
  private ownReference(payment: PaymentRecord): string | undefined {
    const reference = referenceOf(payment);
    const holder = reference && this.references.get(reference);
    if (holder && holder !== payment.payment_id)
      throw new InvariantBroken("the reference disagrees with the payment");
    return reference;
  }

  /** The guards that the transition's debits leave, written by nobody yet. */
  private guardsAfter({ debits = [] }: Transition): Map<string, bigint> {
    const after = new Map<string, bigint>();
    for (const { account, currency, amount, overdraft = 0n } of debits) {
      const key = `${account} ${currency}`;
      const funds = after.get(key) ?? this.guards.get(key) ?? 0n;
      if (overdraft !== "unlimited" && funds < amount - overdraft)
        throw new InsufficientFunds("the account lacks the funds");
      after.set(key, funds - amount);
    }
    return after;
  }
}

function glanceOf(payment: PaymentRecord): Glance {
  const {
    metadata: _,
    description: __,
    changed: ___,
    facts: ____,
    in_transit_since: _____,
    ...glance
  } = payment;
  return glance;
}

const referenceOf = ({
  merchant_id,
  reference,
}: {
  merchant_id: string;
  reference?: string | undefined;
}): string | undefined => reference && `${merchant_id}#${reference}`;
