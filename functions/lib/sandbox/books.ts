// The sandbox provider's records as an interface: SQLite keeps them on a laptop, DynamoDB in AWS.
// Every change is one conditional commit and never a read followed by a write, so that any number
// of servers may share the books.

/** The operations that move money. A key ends in the name of its operation. */
export const OPERATIONS = ["authorize", "capture", "void", "on_ramp", "off_ramp", "reverse_on_ramp"] as const;
export type Operation = (typeof OPERATIONS)[number];
/** `unknown` is the operation of a tombstone whose key names none. */
export type OperationName = Operation | "unknown";
export type State = "pending" | "succeeded" | "refused" | "tombstoned";

/** One row of the books: the result of one provider key. Amounts are in minor units. */
export type Entry = {
  id: string;
  operation: OperationName;
  idempotency_key: string;
  reference: string;
  amount: number;
  currency: string;
  /** Of a ramp: the amount that it gives in return. */
  receive_amount?: number;
  receive_currency?: string;
  state: State;
  /** When a pending operation settles (ISO 8601). */
  settles_at?: string;
  /** Until then its webhook says the contrary of what happened (ISO 8601). */
  contrary_until?: string;
  /** What it tells as its reference, where that is another than the one it lies under. */
  stated_reference?: string;
  at: string;
  /** Hash of the request. Empty for a tombstone, because no request was sent under its key. */
  fingerprint: string;
  /** Why the operation was refused, and with which HTTP status. */
  refusal?: { status: number; code: string; message: string };
  /**
   * Of an authorization: the captured amount, and the void that released it. Of an on-ramp: the
   * reversal.
   */
  hold?: Hold;
};
export type Hold = { captured: number; voided_by?: string };

/** Its webhook goes out at once, at once and again at some later moment, or never. */
export type Telling = "at_once" | "twice" | "never";

/** An answer that repeats for its key, although the books hold no row for the key. */
export type StoredAnswer = { fingerprint: string; status: number; body: unknown };

export type Commit = {
  /** Its key must have no row yet, except the row in `forget`. */
  insert: Entry;
  /** Changes the hold of an earlier row. The hold must still be as it was read. */
  change?: { row: Entry & { hold: Hold }; to: Hold };
  /** The row whose key expires in the same commit: the key's newest row. */
  forget?: string;
  /** How the row is told of; without it once, at some moment. */
  telling?: Telling;
};

export interface Books {
  /** The newest row under this key. */
  find(key: string): Promise<Entry | undefined>;
  findById(id: string): Promise<Entry | undefined>;
  /**
   * Commits all of it, the webhooks included, or nothing. Returns false when a condition failed:
   * the caller then reads again to see why.
   */
  commit(commit: Commit): Promise<boolean>;
  /** Owes a webhook about a row that is in no books. It goes out at once. */
  tell(untrue: Entry): Promise<void>;
  storedAnswer(key: string): Promise<StoredAnswer | undefined>;
  /** Keeps only the first answer that is stored for a key. */
  storeAnswer(key: string, answer: StoredAnswer): Promise<void>;
  /** Keeps the fault plan of a reference. The first plan stays. */
  keepPlan(reference: string, plan: string): Promise<void>;
  plan(reference: string): Promise<string | undefined>;
  /** Counts one use of a fault. Returns false when the fault was used `times` times already. */
  strike(reference: string, fault: string, times: number): Promise<boolean>;
  /** The rows of a reference, oldest first. */
  list(reference: string): Promise<Entry[]>;
}
