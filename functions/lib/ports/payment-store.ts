// Where payments, their events and their references are kept. Every write is conditional and may
// run twice.
import type { PaymentEvent, SagaEvent } from "../contracts/event-types.ts";
import type { Beginning } from "../domain/beginning.ts";
import type { Change } from "../domain/change.ts";
import type { Guard } from "../domain/guard.ts";
import type { Fingerprint, KeptFingerprint } from "../domain/idempotency.ts";
import type { Operation } from "../domain/operation.ts";
import type { Annotations, PaymentRecord } from "../domain/payment.ts";
import type { Fact, Word } from "../domain/provider-fact.ts";
import type { Claim, QuoteObjection } from "../domain/quote.ts";
import type { Step } from "../domain/saga-definition.ts";
import type { Transition } from "../domain/transition.ts";
import type { Holder } from "../domain/value-in-transit.ts";

/** A new payment with everything that its one transaction writes. */
export type Acceptance = {
  payment: PaymentRecord;
  event: SagaEvent;
  fingerprint: Fingerprint;
  /** The bytes of the 202 answer; every replay returns them, without what was erased since. */
  response: string;
  /** Unique per request: tells a lost answer to our own write from somebody else's earlier one. */
  requestId: string;
  /** The quote that the payment consumes. */
  quote?: { quote_id: string; claim: Claim };
};

export type Accepted =
  | { outcome: "created" }
  /** The key was used before: what was answered then, and for which body. */
  | { outcome: "known"; response: string; fingerprint: KeptFingerprint }
  /** Another payment holds the reference. */
  | { outcome: "reference-taken"; payment_id: string }
  | ({ outcome: "quote-refused" } & QuoteObjection);

/** The marks that are writes of their own. */
export type Markable = "intent" | "tombstone" | "unreached";

export type Marked = {
  payment: PaymentRecord;
  /**
   * When the same mark was set before, in milliseconds since the epoch. Absent on the first try.
   */
  earlier?: number;
};

/** A fact that is in doubt, or that `contradicts` the one that stands, is not written over it. */
export type FactRecorded =
  | { outcome: "recorded" | "known" | "doubted" }
  | { outcome: "contradicts"; kept: Fact };

/** Overtaken: another change, or an erasure, came first. Then nothing was written. */
export type ChangeOutcome =
  | { outcome: "changed" | "overtaken" }
  /** Another payment holds the reference. */
  | { outcome: "reference-taken"; payment_id: string };

/** A payment as its own item shows it. */
export type Glance = Omit<PaymentRecord, keyof Annotations | "changed" | "facts" | "in_transit_since">;

/**
 * A cancel that stands, of the payment as it was then: `isNews` where it was requested just now.
 */
export type CancelRequest = { payment: Glance; isNews: boolean };

/** A payment, and what it went through. */
export type Recounted = { payment: PaymentRecord; events: PaymentEvent[] };

/** A payment that is not closed, and since when it is open: its acceptance (ISO 8601). */
export type Open = { payment_id: string; since: string };

/**
 * All methods throw StoreContention (not applied) or StoreUnavailable (maybe applied) when the
 * store gives up.
 */
export interface PaymentStore {
  /** All or nothing. The key is judged before the reference, the reference before the quote. */
  accept(acceptance: Acceptance): Promise<Accepted>;
  /**
   * Requests, as of now, that the payment is cancelled. From then on no step of it begins.
   * Undefined, and nothing is written, where the merchant has no such payment. Throws CannotCancel.
   */
  requestCancel(paymentId: string, merchantId: string): Promise<CancelRequest | undefined>;
  /** The payment whole: with its metadata, what was changed of it, and the provider's facts. */
  load(paymentId: string): Promise<PaymentRecord | undefined>;
  /**
   * Those of the payments that there are, by their ids, a hundred with one call: without metadata
   * and without the provider's facts, which lie beside them.
   */
  glances(paymentIds: string[]): Promise<Map<string, Glance>>;
  /** The payment whole and its trail, in one read; undefined when there is no payment. */
  loadWithEvents(paymentId: string): Promise<Recounted | undefined>;
  /** The audit trail, in order: each change behind the event of the saga that it came after. */
  events(paymentId: string): Promise<PaymentEvent[]>;
  /**
   * Blanks what is personal wherever it is kept, without event or version, and whose hand it was in
   * the same transaction. Idempotent. False, and nothing is written, for a payment that has not
   * ended or is none.
   */
  erase(paymentId: string, operation: Operation): Promise<boolean>;
  /**
   * Sets a step's first intent, as of now, and returns the payment whole. Undefined, and nothing is
   * written, where the guard objects or the payment has to be looked at (domain/beginning.ts).
   */
  begin(paymentId: string, beginning: Beginning): Promise<PaymentRecord | undefined>;
  /** Sets the mark, as of now. Throws what the guard objects to. */
  mark(paymentId: string, kind: Markable, step: Step, guard: Guard): Promise<Marked>;
  /**
   * Persists why the payment will fail, unless it has a reason: or, as `doubted`, what a provider
   * refused last that may decide anew. Throws what the guard objects to, and StoreContention where
   * the step is done.
   */
  recordFailure(
    paymentId: string,
    failure: { code: string; message: string; step: string },
    guard: Guard,
    as?: "final" | "doubted",
  ): Promise<void>;
  /** Keeps a provider's fact about one of the payment's keys, apart from the payment itself. */
  recordFact(paymentId: string, fact: Fact): Promise<FactRecorded>;
  /**
   * Keeps the word that contradicts the kept one beside it. From then on the guards of the payment
   * object. Throws StoreContention when another word is kept by now.
   */
  dispute(paymentId: string, kept: Fact, other: Fact): Promise<void>;
  /**
   * Keeps what an operator decided between the two words that are kept, with the one that is
   * `overruled`. With `withdraws` the refusal that was recorded for that step is none any more: it
   * is kept as doubted. Throws StoreContention when those two words are not what is kept.
   */
  settle(paymentId: string, decided: Fact, between: [Word, Word], withdraws?: Step): Promise<void>;
  /**
   * What holds after the change, its event and the guard of a reference that it changes, in one
   * transaction. It touches no item that a saga writes. `payment` is as it was read.
   */
  change(payment: PaymentRecord, change: Change): Promise<ChangeOutcome>;
  /**
   * State, event and journals in one transaction. Returns the payment after it. Throws what the
   * guard objects to.
   */
  commit(payment: PaymentRecord, transition: Transition): Promise<PaymentRecord>;
  /**
   * Takes a payment that ended out of the open index: as verified, or as unverified when a finding
   * stands for it. Idempotent.
   */
  close(paymentId: string, verifiedAt?: string): Promise<void>;
  /**
   * Up to `limit` open payments of a shard that were accepted before `before` (ISO 8601), the
   * oldest first, those behind `after` only. Throws InvariantBroken when `after` was not accepted
   * before `before`.
   */
  openBefore(shard: number, before: string, limit: number, after?: Open): Promise<Open[]>;
  /**
   * Up to `limit` payments of a shard that hold value in transit, the longest held first, those
   * behind `after` only.
   */
  inTransit(shard: number, limit: number, after?: Holder): Promise<Holder[]>;
}
