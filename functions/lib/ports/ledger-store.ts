// Accounts and balances. Journals are written with the payments that cause them, and folded into
// balances here.
import type { Bucket, Journal } from "../domain/journal.ts";
import type { Operation } from "../domain/operation.ts";

export type Overdraft = "allow" | "forbid";
export type Account = {
  account_key: string;
  account_id: string;
  status: "open" | "closed";
  overdraft: Overdraft;
  opened_at: string;
};

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
  /** Opens the account unless it exists; returns it as it is. */
  open(account: Account): Promise<{ account: Account; created: boolean }>;
  account(accountKey: string): Promise<Account | undefined>;
  balances(accountKey: string): Promise<Balance[]>;
  /**
   * Writes a journal that no payment causes, put-if-absent, and whose hand it was in the same
   * transaction. False when the journal was there: nothing is written then.
   */
  post(journal: Journal, operation: Operation): Promise<boolean>;
  journal(journalId: string): Promise<Posted | undefined>;
  /**
   * Adds journals to the balances, each exactly once however often it is given. Returns how many
   * were new. Contention is tried again at least until `patientUntil`, in milliseconds since the
   * epoch.
   */
  fold(journals: Journal[], patientUntil?: number): Promise<number>;
  trialBalance(): Promise<TrialBalance>;
}
