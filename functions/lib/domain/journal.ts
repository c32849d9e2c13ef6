// A journal is one balanced posting, never changed once written. A correction is another journal.
import { InvariantBroken } from "../errors/registry.ts";
import { houseKey, merchantKey } from "./accounts.ts";
import type { PostingFunction } from "./saga-definition.ts";

export type Bucket = "pending" | "available";

/** `amount` is signed, in minor units: what a liability or revenue gains, or an asset owes. */
export type Posting = { account: string; bucket: Bucket; currency: string; amount: bigint };

export type Journal = {
  /** `<payment or deposit id>:<step>`: the same posting made twice is the same journal. */
  journal_id: string;
  /** Zero in sum per currency: a conversion's journal has several. */
  postings: Posting[];
};

/** Funds taken at once from an account's guard. `amount` is positive, in minor units. */
export type Debit = {
  account: string;
  currency: string;
  amount: bigint;
  /** How far below zero it may take the funds. Absent: not at all. */
  overdraft?: bigint | "unlimited";
};

/**
 * Builds a journal without empty postings. Throws InvariantBroken if a currency does not sum to
 * zero.
 */
export function journal(journal_id: string, postings: Posting[]): Journal {
  const kept = postings.filter((posting) => posting.amount !== 0n);
  for (const [currency, sum] of sumsOf(kept)) {
    if (sum !== 0n) throw new InvariantBroken(`journal ${journal_id} sums to ${sum} ${currency}`);
  }
  if (kept.length < 2) throw new InvariantBroken(`journal ${journal_id} moves nothing`);
  return { journal_id, postings: kept };
}

/** What the postings come to, per currency. */
export function sumsOf(postings: readonly Posting[]): Map<string, bigint> {
  const sums = new Map<string, bigint>();
  for (const { currency, amount } of postings) sums.set(currency, (sums.get(currency) ?? 0n) + amount);
  return sums;
}

export const journalId = (paymentId: string, step: PostingFunction | "deposit"): string =>
  `${paymentId}:${step}`;

/** A deposit brings money from outside into an account of a merchant. */
export function depositJournal(
  depositId: string,
  merchantId: string,
  accountId: string,
  amount: bigint,
  currency: string,
): Journal {
  return journal(journalId(depositId, "deposit"), [
    { account: houseKey("external_funding"), bucket: "available", currency, amount: -amount },
    { account: merchantKey(merchantId, accountId), bucket: "available", currency, amount },
  ]);
}
