// Accounts and balances. Journals are written with the payments that cause them, and folded into
// balances here.

import type { Approved } from "../domain/approval.ts";
import type { Bucket, Journal } from "../domain/journal.ts";
import type { Operation } from "../domain/operation.ts";
import type { Account, OverdraftLimits } from "../domain/overdraft.ts";

export type { Account, Overdraft, OverdraftLimits } from "../domain/overdraft.ts";

/** What a merchant gives its accounts itself: all limits together stay within its policy's. */
export type OverdraftGrant = { merchant_id: string; allowance: OverdraftLimits };

/** How many accounts the merchant may have: of those that were opened within a bound. */
export type AccountBound = { merchant_id: string; most: number };

/** `exceeded`: by currency, what the allowance has left. Nothing was written then. */
export type Opened =
  | { account: Account; created: boolean; exceeded?: undefined }
  | { exceeded: OverdraftLimits };

/** Minor units per bucket; they pass 2^53, so they are never numbers. */
export type Balance = { currency: string } & Record<Bucket, bigint>;

/** A journal as it lies in the books. */
export type Posted = Journal & {
  /** ISO 8601. */
  posted_at: string;
  /** True when it is in the balances: the fold's mark stands beside it. */
  folded: boolean;
};

export type TrialBalance = {
  /** Journals folded into the balances read: the watermark that the sums cover. */
  journals: number;
  /** False when journals were folded while reading, so that the sums may straddle them. */
  settled: boolean;
  totals: { currency: string; total: bigint }[];
};

/** Methods throw StoreContention or StoreUnavailable when the store gives up. */
export interface LedgerStore {
  /**
   * Opens the account unless it exists; returns it as it is. Within a bound it is counted in the
   * same transaction: throws MerchantLimitExceeded where the merchant has as many as it may.
   */
  open(account: Account, bound?: AccountBound): Promise<{ account: Account; created: boolean }>;
  /**
   * The same for an account that allows an overdraft. Who gave it is in the same transaction: an
   * operator, or the merchant, whose allowance loses what the account's limits take.
   */
  openWithOverdraft(
    account: Account,
    given: Operation | OverdraftGrant,
    bound?: AccountBound,
  ): Promise<Opened>;
  account(accountKey: string): Promise<Account | undefined>;
  balances(accountKey: string): Promise<Balance[]>;
  /**
   * Writes a journal that no payment causes, put-if-absent, and in the same transaction whose hand
   * it was and, where that was needed, who approved it. False when the journal was there: nothing
   * is written then.
   */
  post(journal: Journal, operation: Operation, approved?: Approved): Promise<boolean>;
  journal(journalId: string): Promise<Posted | undefined>;
  /** Those of the journals that were posted, by their ids. */
  posted(journalIds: string[]): Promise<Map<string, Posted>>;
  /**
   * Adds journals to the balances, each exactly once however often it is given. Returns how many
   * were new. Contention is tried again at least until `patientUntil`, in milliseconds since the
   * epoch.
   */
  fold(journals: Journal[], patientUntil?: number): Promise<number>;
  trialBalance(): Promise<TrialBalance>;
}
