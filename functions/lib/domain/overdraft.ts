// How far an account may go below zero. Every account of a merchant has a guard per currency, what
// it may still spend, from which a debit takes at once; those that opened by themselves for a
// payment outside production have none.
import type { Debit } from "./journal.ts";

export type Overdraft = "allow" | "forbid";
export type Account = {
  account_key: string;
  account_id: string;
  status: "open" | "closed";
  overdraft: Overdraft;
  /**
   * Of an account that allows an overdraft: how far below zero each currency may go, in minor
   * units; one that is not named may not. Absent: the account is older than limits, and has none
   * until `make migrate-accounts` sets them.
   */
  overdraft_limits?: OverdraftLimits;
  /** Opened by itself for a payment, with play money: nothing bounds it. Not in production. */
  unguarded?: true;
  /** ISO 8601. Until then nothing is taken from it: its guard is being made. */
  migrating_until?: string;
  opened_at: string;
};

/** By currency, in minor units. */
export type OverdraftLimits = Record<string, bigint>;

/** The debit as this account's guard takes it; none where nothing guards it. */
export function debitsOf(account: Account, debit: Omit<Debit, "overdraft">): Debit[] {
  if (account.unguarded) return [];
  return [{ ...debit, overdraft: overdraftOf(account, debit.currency) }];
}

function overdraftOf(account: Account, currency: string): bigint | "unlimited" {
  if (account.overdraft === "forbid") return 0n;
  if (isUnlimited(account)) return "unlimited";
  return limitOf(account.overdraft_limits, currency);
}

/** True for an account that allows an overdraft since before there were limits. */
export const isUnlimited = ({ overdraft, overdraft_limits, unguarded }: Account): boolean =>
  overdraft === "allow" && overdraft_limits === undefined && !unguarded;

/**
 * True for an open account whose rule nobody changes: an account is opened once, and the migration
 * gives limits only to those that have none.
 */
export const staysAsItIs = (account: Account): boolean => account.status === "open" && !isUnlimited(account);

/** True while nothing may be taken from the account, because its guard is being made. */
export const isMigrating = ({ migrating_until }: Account, now: number): boolean =>
  migrating_until !== undefined && Date.parse(migrating_until) > now;

/** A currency without a limit has none to overdraw. */
export const limitOf = (limits: OverdraftLimits | undefined, currency: string): bigint =>
  limits !== undefined && Object.hasOwn(limits, currency) ? (limits[currency] ?? 0n) : 0n;

/** Limits as they were sent or configured: whole numbers of minor units. */
export const limitsFrom = (limits: Record<string, number>): OverdraftLimits =>
  Object.fromEntries(Object.entries(limits).map(([currency, limit]) => [currency, BigInt(limit)]));

/** Limits as they are shown: none of them passes 2^53. */
export const shownLimits = (limits: OverdraftLimits): Record<string, number> =>
  Object.fromEntries(Object.entries(limits).map(([currency, limit]) => [currency, Number(limit)]));

export const isSameLimits = (a: OverdraftLimits, b: OverdraftLimits): boolean => {
  const currencies = [...Object.keys(a), ...Object.keys(b)];
  return currencies.every((currency) => limitOf(a, currency) === limitOf(b, currency));
};
