// What a card payment posts: first to the merchant's pending balance, after the capture to the
// available one.
import { InvariantBroken } from "../errors/registry.ts";
import { houseKey, merchantKey } from "./accounts.ts";
import { type Bucket, type Journal, journal, journalId, type Posting } from "./journal.ts";
import type { PaymentRecord } from "./payment.ts";

function merchantAccount({ merchant_id, destination_account }: PaymentRecord): string {
  if (!destination_account) throw new InvariantBroken("a card payment without a destination account");
  return merchantKey(merchant_id, destination_account);
}

/**
 * What a card payment means in one bucket. The provider owes the amount; merchant and fees share
 * it.
 */
function cardPostings(payment: PaymentRecord, fee: bigint, bucket: Bucket, sign: 1n | -1n): Posting[] {
  const { currency } = payment;
  return [
    { account: houseKey("psp_receivable"), bucket, currency, amount: -payment.amount * sign },
    { account: merchantAccount(payment), bucket, currency, amount: (payment.amount - fee) * sign },
    { account: houseKey("fees"), bucket, currency, amount: fee * sign },
  ];
}

/** PostLedger: promised, not yet captured. */
export function pendingJournal(payment: PaymentRecord, fee: bigint): Journal {
  const id = journalId(payment.payment_id, "post-ledger");
  return journal(id, cardPostings(payment, fee, "pending", 1n));
}

/** CapturePayment: the promise is kept, so everything moves from pending to available. */
export function capturedJournal(payment: PaymentRecord): Journal {
  const fee = feeOfPosted(payment);
  return journal(journalId(payment.payment_id, "capture-payment"), [
    ...cardPostings(payment, fee, "pending", -1n),
    ...cardPostings(payment, fee, "available", 1n),
  ]);
}

/** ReverseLedger: the contra entry of PostLedger. */
export function reversingJournal(payment: PaymentRecord): Journal {
  const id = journalId(payment.payment_id, "reverse-ledger");
  return journal(id, cardPostings(payment, feeOfPosted(payment), "pending", -1n));
}

function feeOfPosted(payment: PaymentRecord): bigint {
  if (payment.fee === undefined) throw new InvariantBroken("the ledger was never posted for this payment");
  return payment.fee;
}
