// Journals and guarded debits as writes of a transaction.
//   JOURNAL#id / JOURNAL · JOURNAL#id / FOLD · ACCOUNT#key / GUARD#currency
import type { TransactWriteItem } from "@aws-sdk/client-dynamodb";
import type { Debit, Journal } from "../../domain/journal.ts";
import type { Posted } from "../../ports/ledger-store.ts";
import { fromItem, type Item, toItem } from "./item.ts";

export const journalKey = (journalId: string): string => `JOURNAL#${journalId}`;
/** The sort key of the mark that a fold sets beside the journal. */
export const FOLD_MARK = "FOLD";
/** Of a journal and of its mark. */
export const journalKeys = (journalId: string): Item[] =>
  ["JOURNAL", FOLD_MARK].map((sk) => toItem({ pk: journalKey(journalId), sk }));
export const accountKey = (account: string): string => `ACCOUNT#${account}`;
export const guardKey = (currency: string): string => `GUARD#${currency}`;

/** The JOURNAL item holds its postings, so that one record of the stream is the whole journal. */
export function journalItem(journal: Journal, postedAt: string): Item {
  const { journal_id, postings } = journal;
  return toItem({ pk: journalKey(journal_id), sk: "JOURNAL", posted_at: postedAt, postings });
}

export function journalOf(item: Item): Journal {
  const { pk, postings } = fromItem(item) as { pk: string } & Omit<Journal, "journal_id">;
  return { journal_id: pk.slice("JOURNAL#".length), postings };
}

/** The journal among the items under its key; undefined when it was never posted. */
export function postedOf(items: Item[]): Posted | undefined {
  const journal = items.find(({ sk }) => sk?.S === "JOURNAL");
  if (!journal) return undefined;
  const folded = items.some(({ sk }) => sk?.S === FOLD_MARK);
  return { ...journalOf(journal), posted_at: String(journal.posted_at?.S), folded };
}

/** Put-if-absent: a journal is immutable, and the same id is the same journal. */
export function journalWrites(journals: Journal[], TableName: string, postedAt: string): TransactWriteItem[] {
  return journals.map((journal) => ({
    Put: { TableName, Item: journalItem(journal, postedAt), ConditionExpression: "attribute_not_exists(pk)" },
  }));
}

/**
 * Takes funds of guarded accounts, at once, and no further below zero than the overdraft allows.
 * `moved` counts what moved the funds: whoever read them sees by it that nothing did since.
 */
export function debitWrites(debits: Debit[], TableName: string): TransactWriteItem[] {
  return debits.map(({ account, currency, amount, overdraft = 0n }) => {
    const needed = overdraft === "unlimited" ? undefined : amount - overdraft;
    return {
      Update: {
        TableName,
        Key: toItem({ pk: accountKey(account), sk: guardKey(currency) }),
        UpdateExpression: "SET funds = if_not_exists(funds, :none) - :amount ADD moved :one",
        ...(needed === undefined ? {} : { ConditionExpression: sufficient(needed) }),
        ExpressionAttributeValues: toItem({ ":amount": amount, ":none": 0n, ":one": 1n, ":needed": needed }),
      },
    };
  });
}

/** An account that nothing was paid into has no funds, and no item that says so. */
const sufficient = (needed: bigint): string =>
  needed > 0n ? "funds >= :needed" : "attribute_not_exists(funds) OR funds >= :needed";
