// A journal is one balanced ledger posting, immutable once written. A correction is another journal, never a change.
import { InvariantBroken } from "../errors/registry.ts";
import { houseKey, merchantKey } from "./accounts.ts";
import type { PaymentRecord } from "./payment.ts";

export type Bucket = "pending" | "available";

/** `amount` is signed, in minor units: what the account gains (liabilities and revenue) or owes (assets). */
export type Posting = { account: string; bucket: Bucket; amount: bigint };

export type Journal = {
  /** `<payment or deposit id>:<step>`: the same posting made twice is the same journal. */
  journal_id: string;
  currency: string;
  postings: Posting[];
};

/** Funds taken at once from an account that forbids an overdraft; `amount` is positive, in minor units. */
export type Debit = { account: string; currency: string; amount: bigint };

/** Builds a journal, dropping postings of nothing. Throws InvariantBroken unless it sums to zero. */
export function journal(journal_id: string, currency: string, postings: Posting[]): Journal {
  const kept = postings.filter((posting) => posting.amount !== 0n);
  const sum = kept.reduce((total, posting) => total + posting.amount, 0n);
  if (sum !== 0n) throw new InvariantBroken(`journal ${journal_id} sums to ${sum}`);
  if (kept.length < 2) throw new InvariantBroken(`journal ${journal_id} moves nothing`);
  return { journal_id, currency, postings: kept };
}

export const journalId = (paymentId: string, step: string): string => `${paymentId}:${step}`;

const merchantAccount = (payment: PaymentRecord): string =>
  merchantKey(payment.merchant_id, destinationOf(payment));

function destinationOf(payment: PaymentRecord): string {
  if (!payment.destination_account) throw new InvariantBroken("a card payment without a destination account");
  return payment.destination_account;
}

/** What a card payment means in one bucket: the provider owes the amount, the merchant and our fees share it. */
function cardPostings(payment: PaymentRecord, fee: bigint, bucket: Bucket, sign: 1n | -1n): Posting[] {
  return [
    { account: houseKey("psp_receivable"), bucket, amount: -payment.amount * sign },
    { account: merchantAccount(payment), bucket, amount: (payment.amount - fee) * sign },
    { account: houseKey("fees"), bucket, amount: fee * sign },
  ];
}

/** PostLedger: promised, not yet captured. */
export function pendingJournal(payment: PaymentRecord, fee: bigint): Journal {
  const id = journalId(payment.payment_id, "post-ledger");
  return journal(id, payment.currency, cardPostings(payment, fee, "pending", 1n));
}

/** CapturePayment: the promise is kept, so everything moves from pending to available. */
export function capturedJournal(payment: PaymentRecord): Journal {
  const fee = feeOfPosted(payment);
  return journal(journalId(payment.payment_id, "capture-payment"), payment.currency, [
    ...cardPostings(payment, fee, "pending", -1n),
    ...cardPostings(payment, fee, "available", 1n),
  ]);
}

/** ReverseLedger: the contra entry of PostLedger. */
export function reversingJournal(payment: PaymentRecord): Journal {
  const id = journalId(payment.payment_id, "reverse-ledger");
  return journal(id, payment.currency, cardPostings(payment, feeOfPosted(payment), "pending", -1n));
}

function feeOfPosted(payment: PaymentRecord): bigint {
  if (payment.fee === undefined) throw new InvariantBroken("the ledger was never posted for this payment");
  return payment.fee;
}

/** A deposit brings money from outside into an account of a merchant. */
export function depositJournal(
  depositId: string,
  merchantId: string,
  accountId: string,
  amount: bigint,
  currency: string,
): Journal {
  return journal(journalId(depositId, "deposit"), currency, [
    { account: houseKey("external_funding"), bucket: "available", amount: -amount },
    { account: merchantKey(merchantId, accountId), bucket: "available", amount },
  ]);
}
