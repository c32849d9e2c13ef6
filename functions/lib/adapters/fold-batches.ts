// Which journals are folded together: as many as fit one transaction, in the order in which they came. Every fold writes the house's
// balances and the watermark, so how few transactions it takes decides what a cell carries (scripts/capacity).
import type { Journal } from "../domain/journal.ts";

/** What DynamoDB takes in one transaction. */
const MAX_WRITES = 100;

/** The journals in batches: each writes a mark per journal, a balance per account and currency, a guard at worst for those of accounts that forbid an overdraft, and the watermark. */
export function batchesOf(journals: Journal[], guarded: ReadonlySet<string>): Journal[][] {
  const batches: Journal[][] = [];
  let batch: Journal[] = [];
  let rows = new Set<string>();
  for (const journal of journals) {
    const touched = rowsOf(journal, guarded);
    const grown = new Set([...rows, ...touched]);
    const isFull = batch.length + 1 + grown.size + 1 > MAX_WRITES;
    if (batch.length > 0 && isFull) {
      batches.push(batch);
      batch = [];
    }
    batch.push(journal);
    rows = isFull ? new Set(touched) : grown;
  }
  return batch.length > 0 ? [...batches, batch] : batches;
}

const rowsOf = ({ postings }: Journal, guarded: ReadonlySet<string>): string[] =>
  postings.flatMap(({ account, currency }) => {
    const balance = `${account}#${currency}`;
    return guarded.has(account) ? [balance, `${balance}#guard`] : [balance];
  });
