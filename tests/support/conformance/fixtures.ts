// Payments, transitions and journals for the conformance suites, in the words of the domain and
// without any step.

import { isSagaEvent, type PaymentEvent } from "../../../functions/lib/contracts/event-types.ts";
import { houseKey, merchantKey } from "../../../functions/lib/domain/accounts.ts";
import { pendingJournal } from "../../../functions/lib/domain/card-journals.ts";
import { eventOf } from "../../../functions/lib/domain/events.ts";
import { fingerprintOf, idFor } from "../../../functions/lib/domain/idempotency.ts";
import { type Debit, depositJournal, type Journal, journal } from "../../../functions/lib/domain/journal.ts";
import type { Operation } from "../../../functions/lib/domain/operation.ts";
import { type PaymentRecord, unmarked } from "../../../functions/lib/domain/payment.ts";
import type { Transition } from "../../../functions/lib/domain/transition.ts";
import type { Approvals } from "../../../functions/lib/ports/approvals.ts";
import type { LedgerStore } from "../../../functions/lib/ports/ledger-store.ts";
import type { OperatorJournal } from "../../../functions/lib/ports/operator-journal.ts";
import type { Acceptance, PaymentStore } from "../../../functions/lib/ports/payment-store.ts";
import type { QuoteStore } from "../../../functions/lib/ports/quote-store.ts";
import type { ManualClock } from "../memory/manual-clock.ts";

/**
 * What no method of a store writes: a person at the tables, or half of a backup. A condition that
 * another one covers while all is well is missed only then.
 */
export type Hand = {
  /** Sets attributes and marks of the payment; its version and its trail stay. */
  alter(paymentId: string, change: Alteration): Promise<void>;
  putEvent(event: PaymentEvent): Promise<void>;
  loseEvent(paymentId: string, sequence: number): Promise<void>;
  /** Its trail and its facts stay. */
  losePayment(paymentId: string): Promise<void>;
  /** As it was kept once: the first event's item has the answer whole, metadata is `order: "7"`. */
  keepAsBefore(acceptance: Acceptance): Promise<void>;
};
export type Alteration = Partial<Omit<PaymentRecord, "marks">> & { marks?: Partial<PaymentRecord["marks"]> };

/** A payment store, a ledger store and a quote store over the same books. */
export type Stores = {
  payments: PaymentStore;
  ledger: LedgerStore;
  quotes: QuoteStore;
  operations: OperatorJournal;
  approvals: Approvals;
  /** The clock of all of them. */
  clock: ManualClock;
  hand: Hand;
};

/** Merchant m1 cancels the payment. */
export const requestCancel = ({ payments }: Stores, paymentId: string) =>
  payments.requestCancel(paymentId, "m1");

export const OWNER = "the-first-attempt";
export const STRANGER = "another-attempt";
export const FEE = 15n;

type Wanted = Partial<PaymentRecord> & { key: string; requestId?: string; response?: string };

/** Everything that one acceptance writes; by default for a payment of 10.00 EUR of merchant m1. */
export function acceptanceFor({ key, requestId, response, ...wanted }: Wanted): Acceptance {
  const { merchant_id = "m1", created_at = "2026-01-01T00:00:00.000Z" } = wanted;
  const payment: PaymentRecord = {
    payment_id: idFor("create-payment", merchant_id, key),
    idempotency_key: key,
    merchant_id,
    rail: "card",
    amount: 1000n,
    currency: "EUR",
    user_id: "7f0c0d9e-5b52-4d8e-9a53-0d1f4b1c2a3b",
    destination_account: "settlement",
    status: "PENDING",
    created_at,
    updated_at: created_at,
    version: 1,
    marks: unmarked(),
    ...wanted,
  };
  const { rail, amount, currency } = payment;
  const data = { rail, amount: Number(amount), currency };
  return {
    payment,
    event: eventOf(payment, { type: "payment.accepted", data }),
    fingerprint: fingerprintOf({ amount: data.amount, currency }),
    response: response ?? JSON.stringify({ payment_id: payment.payment_id }),
    requestId: requestId ?? `request of ${key}`,
  };
}

const claim: Transition = {
  guard: {
    execution: OWNER,
    step: "validate-payment",
    refusedIfCancelRequested: true,
    acceptsUnclaimed: true,
  },
  step: "validate-payment",
  status: "PROCESSING",
  changes: { owner_execution: OWNER },
  event: { type: "payment.validated", data: { execution: OWNER, destination_account: "settlement" } },
  journals: [],
  achieves: { done: "validate-payment" },
};

const authorization: Transition = {
  guard: { execution: OWNER, step: "authorize-payment" },
  step: "authorize-payment",
  status: "PROCESSING",
  changes: { authorization_id: "auth_1" },
  event: { type: "payment.authorized", data: { authorization_id: "auth_1", amount: 1000, currency: "EUR" } },
  journals: [],
  achieves: { done: "authorize-payment" },
};

/** Posts the payment's own journal; `debits` are taken in the same transaction. */
function posting(payment: PaymentRecord, debits: Debit[] = []): Transition {
  const pending = pendingJournal(payment, FEE);
  return {
    guard: { execution: OWNER, step: "post-ledger", refusedIfCancelRequested: true },
    step: "post-ledger",
    status: "PROCESSING",
    changes: { fee: FEE },
    event: { type: "payment.posted", data: { journal_id: pending.journal_id, fee: Number(FEE) } },
    journals: [pending],
    debits,
    achieves: { done: "post-ledger" },
  };
}

const FAILURE = { code: "CardDeclined", message: "do not honour", step: "authorize-payment" };

const failing: Transition = {
  guard: { execution: OWNER, acceptsUnclaimed: true },
  step: "fail-payment",
  status: "FAILED",
  changes: { failure: FAILURE, processed_at: "2026-01-01T00:00:01.000Z" },
  event: { type: "payment.failed", data: { failure: { ...FAILURE, undone: [] } } },
  journals: [],
  achieves: { ended: true },
  releasesReference: true,
};

const parking: Transition = {
  guard: { execution: OWNER },
  status: "IN_REVIEW",
  changes: {},
  event: {
    type: "payment.parked",
    data: { execution: OWNER, state: "VoidAuthorization", error: "UndoRefused" },
  },
  journals: [],
  achieves: { onlyIfUnchanged: true },
};

const takeover: Transition = {
  guard: { execution: OWNER },
  status: "PROCESSING",
  changes: { owner_execution: STRANGER, attempts: 2 },
  event: { type: "payment.attempted", data: { execution: STRANGER, previous: OWNER } },
  journals: [],
  achieves: { onlyIfUnchanged: true },
};

/** The source's funds are held for a conversion; what it posts is another test's business. */
const holding = (payment: PaymentRecord): Transition => ({
  guard: { execution: OWNER, step: "authorize-conversion" },
  step: "authorize-conversion",
  status: "PROCESSING",
  changes: { held_at: "2026-01-01T00:00:01.000Z", quote_id: payment.payment_id },
  event: {
    type: "payment.held",
    data: {
      quote_id: payment.payment_id,
      journal_id: `${payment.payment_id}:authorize-conversion`,
      amount: 1000,
      currency: "EUR",
      destination_amount: 1000,
      destination_currency: "EUR",
      rate: "1.000000000000",
    },
  },
  journals: [],
  achieves: { done: "authorize-conversion" },
});

export const transitions = { claim, authorization, posting, holding, failing, parking, takeover };

/** The payment as the store has it; a payment that is gone fails the test. */
export async function stored({ payments }: Stores, paymentId: string): Promise<PaymentRecord> {
  const payment = await payments.load(paymentId);
  if (!payment) throw new Error(`there is no payment ${paymentId}`);
  return payment;
}

/** An accepted payment. */
export async function accepted(stores: Stores, wanted: Wanted): Promise<PaymentRecord> {
  const acceptance = acceptanceFor(wanted);
  await stores.payments.accept(acceptance);
  return stored(stores, acceptance.payment.payment_id);
}

/** A payment that OWNER has claimed. */
export async function claimed(stores: Stores, wanted: Wanted): Promise<PaymentRecord> {
  return stores.payments.commit(await accepted(stores, wanted), claim);
}

/** The sequences of a trail; a change has none. */
export const sequencesIn = (events: PaymentEvent[]): number[] =>
  events.flatMap((event) => (isSagaEvent(event) ? [event.sequence] : []));

/** The name of the error that the promise ends with; "nothing" when it does not fail. */
export const failureOf = (work: Promise<unknown>): Promise<string> =>
  work.then(
    () => "nothing",
    (error: Error) => error.name,
  );

/** Whose hand posted a journal that no payment causes. */
export const byHand = ({ journal_id }: Pick<Journal, "journal_id">): Operation => ({
  operation_id: idFor("by hand", "m1", journal_id),
  kind: "deposit",
  at: "2026-01-01T00:00:00.000Z",
  by: "operator-1",
});

/** Opens an account of merchant m1 and pays into it, fold included. */
export async function funded(
  { ledger }: Stores,
  accountId: string,
  overdraft: "allow" | "forbid",
  amount: bigint,
): Promise<string> {
  const account_key = merchantKey("m1", accountId);
  const opened_at = "2026-01-01T00:00:00.000Z";
  await ledger.open({ account_key, account_id: accountId, status: "open", overdraft, opened_at });
  const deposit = depositJournal(`deposit-to-${accountId}`, "m1", accountId, amount, "EUR");
  await ledger.post(deposit, byHand(deposit));
  await ledger.fold([deposit]);
  return account_key;
}

/** A payment's journal: pending to the merchant's account, our fee, and what the provider owes. */
export function saleOf(id: string, accountId: string, amount: bigint, currency = "EUR"): Journal {
  const fee = amount / 100n;
  const bucket = "pending";
  return journal(`${id}:post-ledger`, [
    { account: houseKey("psp_receivable"), bucket, currency, amount: -amount },
    { account: merchantKey("m1", accountId), bucket, currency, amount: amount - fee },
    { account: houseKey("fees"), bucket, currency, amount: fee },
  ]);
}
