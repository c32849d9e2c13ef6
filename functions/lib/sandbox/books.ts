// What the sandbox provider remembers, as an interface: SQLite keeps it on a laptop, DynamoDB in AWS.
// Nothing here reads and then writes: every change is one conditional commit, so that any number of servers may share it.

/** What moves money, by the names that end its keys. */
export const OPERATIONS = ["authorize", "capture", "void", "on_ramp", "off_ramp", "reverse_on_ramp"] as const;
export type Operation = (typeof OPERATIONS)[number];
/** `unknown` is what a tombstone stands for whose key names none. */
export type OperationName = Operation | "unknown";
export type State = "pending" | "succeeded" | "refused" | "tombstoned";

/** One row of the books: what one provider key came to. Amounts in minor units. */
export type Entry = {
  id: string;
  operation: OperationName;
  idempotency_key: string;
  reference: string;
  amount: number;
  currency: string;
  /** Of a ramp: what it gives for that. */
  receive_amount?: number;
  receive_currency?: string;
  state: State;
  /** Of what was accepted and not settled: from when on it is. */
  settles_at?: string;
  at: string;
  /** Hash of the request; empty for a tombstone, which nobody sent under its key. */
  fingerprint: string;
  /** Why it was refused, and with which HTTP status. */
  refusal?: { status: number; code: string; message: string };
  /** Of an authorization: what was captured of it, and the void that released it. Of an on-ramp: the reversal. */
  hold?: Hold;
};
export type Hold = { captured: number; voided_by?: string };

/** An answer that is repeated for its key although the books hold no row for it. */
export type StoredAnswer = { fingerprint: string; status: number; body: unknown };

export type Commit = {
  /** Its key must have no row yet, but for the one that is forgotten. */
  insert: Entry;
  /** The authorization, which must still hold what it held when it was read. */
  change?: { row: Entry & { hold: Hold }; to: Hold };
  /** The row whose key the provider forgets in the same moment: the key's newest. */
  forget?: string;
  /** The webhook about the row is owed twice, and the first of them at once. */
  isToldTwice?: boolean;
};

export interface Books {
  /** The newest row under this key. */
  find(key: string): Promise<Entry | undefined>;
  findById(id: string): Promise<Entry | undefined>;
  /** All of it or nothing, the webhooks about it included; false when a condition failed, and then reading again tells why. */
  commit(commit: Commit): Promise<boolean>;
  storedAnswer(key: string): Promise<StoredAnswer | undefined>;
  /** Keeps the first answer that was stored for the key. */
  storeAnswer(key: string, answer: StoredAnswer): Promise<void>;
  /** The plan of faults of a reference: the first one that was given stays. */
  keepPlan(reference: string, plan: string): Promise<void>;
  plan(reference: string): Promise<string | undefined>;
  /** Counts a fault; false when it has struck `times` times already. */
  strike(reference: string, fault: string, times: number): Promise<boolean>;
  /** The rows of a reference, oldest first. */
  list(reference: string): Promise<Entry[]>;
}
