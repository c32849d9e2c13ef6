// What the provider remembers, as an interface: SQLite keeps it on a laptop, another store can elsewhere.
// Nothing here reads and then writes: every change is one conditional commit, so that any number of servers may share it.

export type OperationName = "authorize" | "capture" | "void" | "unknown";
export type State = "pending" | "succeeded" | "refused" | "tombstoned";

/** One row of the books: what one provider key came to. Amounts in minor units. */
export type Entry = {
  id: string;
  operation: OperationName;
  idempotency_key: string;
  reference: string;
  amount: number;
  currency: string;
  state: State;
  at: string;
  /** Hash of the request; empty for a tombstone, which nobody sent under its key. */
  fingerprint: string;
  /** Why it was refused, and with which HTTP status. */
  refusal?: { status: number; code: string; message: string };
  /** Of an authorization: what was captured of it, and the void that released it. */
  hold?: Hold;
};
export type Hold = { captured: number; voided_by?: string };

/** An answer that is repeated for its key although the books hold no row for it. */
export type StoredAnswer = { fingerprint: string; status: number; body: unknown };

export type Commit = {
  /** Its key must not be live yet. */
  insert: Entry;
  /** The authorization must still be as it was read. */
  change?: { id: string; from: Hold; to: Hold };
  /** The row whose key the provider forgets in the same moment. */
  forget?: string;
  /** The webhook about the row is owed twice, and the first of them at once. */
  isToldTwice?: boolean;
};

/** A webhook that is owed: the row as it was committed. */
export type Notice = {
  position: number;
  entry: Entry;
  /** How often it was sent in vain. */
  tries: number;
  /** False: it goes out at some later moment, overtaken by others. */
  isPrompt: boolean;
};

export interface Books {
  /** The row under this key, forgotten or not: the newest. `live` is false when the key was forgotten. */
  find(key: string): Promise<(Entry & { live: boolean }) | undefined>;
  findById(id: string): Promise<Entry | undefined>;
  /** All of it or nothing, the webhooks about it included; false when a condition failed, and then reading again tells why. */
  commit(commit: Commit): Promise<boolean>;
  /** The webhooks that are owed, from after a position on, in the order of their commits. */
  owed(after: number): Promise<Notice[]>;
  /** Counts one try in vain. */
  countTry(position: number): Promise<void>;
  /** The webhook was taken, or is given up. */
  settle(position: number): Promise<void>;
  storedAnswer(key: string): Promise<StoredAnswer | undefined>;
  /** Keeps the first answer that was stored for the key. */
  storeAnswer(key: string, answer: StoredAnswer): Promise<void>;
  /** The plan of faults of a reference: the first one that was given stays. */
  keepPlan(reference: string, plan: string): Promise<void>;
  plan(reference: string): Promise<string | undefined>;
  /** Counts a fault; false when it has struck `times` times already. */
  strike(reference: string, fault: string, times: number): Promise<boolean>;
  /** The rows of a reference, or the newest 1000, oldest first. */
  list(reference?: string): Promise<Entry[]>;
}
