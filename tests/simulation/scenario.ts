// What one world is about: a rail's machine and its tasks, who stands on the provider's side, and
// what the merchant asks for.
import type { Learned, Rail, SagaInput } from "../../functions/lib/contracts/types.ts";
import type { Journal, Posting } from "../../functions/lib/domain/journal.ts";
import type { PaymentRecord } from "../../functions/lib/domain/payment.ts";
import type { Quote } from "../../functions/lib/domain/quote.ts";
import type { Step } from "../../functions/lib/domain/saga-definition.ts";
import type { Definition } from "../../scripts/local/step-functions/definition.ts";
import type { Invocation, Run } from "./invocation.ts";
import type { Tell } from "./key-books.ts";
import type { Mutant, Ports } from "./mutants.ts";

/** What became of a key. */
export type Truth = Pick<Learned, "state" | "id" | "received">;

/** The provider's side: its own books, and its judgement of ours. */
export interface Books {
  /** The provider that the function calls, as one invocation reaches it. */
  providerFor(fn: string, by: Invocation): unknown;
  /** What was done more often than once, or besides its opposite, in sentences. */
  doneTwice(payment: PaymentRecord): string[];
  /** Where the payment and the provider's books part, in sentences. */
  wrongBooks(payment: PaymentRecord, quote?: Quote): string[];
  /** Where an ended payment's journals and the provider's books part. */
  wrongLedger(payment: PaymentRecord, journals: Journal[], quote?: Quote): string[];
  /** What a person finds out about a key who reads the provider's books. */
  truthOf(key: string): Truth;
  /** True when somebody asked about the key at that time or later, answered or not. */
  wasAskedSince(key: string, ms: number): boolean;
  /** People put right, at the provider, what it did wrong under the key. */
  putRight(key: string): void;
  /**
   * True when the provider gives an undo or a Resolve no answer for ever, so that a person must
   * decide.
   */
  blocks(payment: PaymentRecord): boolean;
}

export type Scenario = {
  rail: Rail;
  machine: Definition;
  /** What the merchant posts, beside the amount. */
  body: Record<string, unknown>;
  /** The provider's operations, as troubles name them. */
  operations: readonly string[];
  pivot: Step;
  /** States that may be tried less often without anything being wrong. */
  forward: readonly string[];
  /** States at which a payment may be parked for a person. */
  parksAt: readonly string[];
  tasks: Readonly<Record<string, (ports: Ports) => (input: SagaInput) => Promise<void>>>;
  booksOf: (run: Run, tell: Tell) => Books;
  mutants: readonly Mutant[];
};

/** What the postings that match come to. */
export const sumOf = (journals: Journal[], match: (posting: Posting) => boolean): bigint =>
  journals.flatMap(({ postings }) => postings.filter(match)).reduce((total, one) => total + one.amount, 0n);
