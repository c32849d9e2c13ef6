// Books a deposit: its journal and whose hand it was in one transaction, and then into the balance.
import type { Approved } from "../lib/domain/approval.ts";
import { depositJournal } from "../lib/domain/journal.ts";
import type { Operation } from "../lib/domain/operation.ts";
import { IdempotencyKeyReused } from "../lib/errors/registry.ts";
import type { LedgerStore, Posted } from "../lib/ports/ledger-store.ts";

export type Deposit = {
  deposit_id: string;
  merchant_id: string;
  account_id: string;
  amount: number;
  currency: string;
};
/** As it is answered. */
export type Booked = {
  deposit: Omit<Deposit, "merchant_id"> & { journal_id: string };
  replayed: boolean;
};

export const journalOf = ({ deposit_id, merchant_id, account_id, amount, currency }: Deposit) =>
  depositJournal(deposit_id, merchant_id, account_id, BigInt(amount), currency);

/** Whose hand takes the deposit, and why. */
export const operationOf = (
  deposit: Deposit,
  hand: Pick<Operation, "at" | "by"> & { reason?: string | undefined },
  more: Record<string, unknown> = {},
): Operation => {
  const { deposit_id, merchant_id, account_id, amount, currency } = deposit;
  const { at, by, reason } = hand;
  return {
    operation_id: deposit_id,
    kind: "deposit",
    at,
    by,
    ...(reason === undefined ? {} : { reason }),
    merchant_id,
    account_id,
    details: { amount, currency, journal_id: journalOf(deposit).journal_id, ...more },
  };
};

/**
 * Books it once, however often it is asked for. It is answered when it is in the balance: no
 * payment's closure waits for its fold, so nobody would notice that the fold left it out. The
 * stream brings it as well, and it counts once. Throws IdempotencyKeyReused where another deposit
 * has its id.
 */
export async function book(
  ledger: LedgerStore,
  deposit: Deposit,
  operation: Operation,
  approved?: Approved,
): Promise<Booked> {
  const journal = journalOf(deposit);
  const replayed = !(await ledger.post(journal, operation, approved));
  return replayed
    ? again(ledger, deposit, await ledger.journal(journal.journal_id))
    : fold(ledger, deposit, false);
}

/** What was booked before under this id. */
export async function again(
  ledger: LedgerStore,
  deposit: Deposit,
  first: Posted | undefined,
): Promise<Booked> {
  const same = journalOf(deposit).postings.every(({ account, bucket, currency, amount }, index) => {
    const other = first?.postings[index];
    const alike = other?.account === account && other.bucket === bucket && other.currency === currency;
    return alike && other.amount === amount;
  });
  if (!same) throw new IdempotencyKeyReused("the first deposit with this key was another one");
  return fold(ledger, deposit, true);
}

async function fold(ledger: LedgerStore, deposit: Deposit, replayed: boolean): Promise<Booked> {
  const journal = journalOf(deposit);
  await ledger.fold([journal]);
  const { merchant_id: _, ...shown } = deposit;
  return { deposit: { ...shown, journal_id: journal.journal_id }, replayed };
}
