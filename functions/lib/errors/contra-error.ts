// What every error of ours is: a literal name and a kind of a closed set.

/**
 * - transient: not moved by this try
 * - refused: nothing moved
 * - withdrawn: undo was asked for
 * - unknown: maybe moved
 * - verdict: what a Resolve state found
 * - undo: an undo was refused, try again
 * - unsettled: refused, and not finally
 * - partial: moved, and less than was asked for
 * - disputed: a provider's words do not agree with ours or with each other; a person decides
 * - superseded: another attempt owns the payment
 * - defect: our own mistake, never retried, never caught
 * - request: a client's mistake, answered over HTTP
 */
export type Kind =
  | "transient"
  | "refused"
  | "withdrawn"
  | "unknown"
  | "verdict"
  | "undo"
  | "unsettled"
  | "partial"
  | "disputed"
  | "superseded"
  | "defect"
  | "request";

export abstract class ContraError extends Error {
  abstract override readonly name: string;
  abstract readonly kind: Kind;
}

/**
 * One thing wrong with a request: a JSON pointer into the body or a header's name, and a sentence.
 */
export type FieldError = { pointer?: string; header?: string; parameter?: string; detail: string };

type Members = Readonly<Record<string, string | readonly string[]>>;

/** A client's mistake: `status` and `title` are the answer's, `message` its detail. */
export abstract class RequestError extends ContraError {
  readonly kind = "request";
  abstract readonly status: number;
  abstract readonly title: string;
  readonly errors: FieldError[];
  /** Headers of the answer that only this error has, by their names in small letters. */
  readonly headers: Record<string, string> = {};
  /** Further members of the problem document, such as `payment_id`. */
  readonly members: Members;
  constructor(detail: string, errors: FieldError[] = [], members: Members = {}) {
    super(detail);
    this.errors = errors;
    this.members = members;
  }
}
