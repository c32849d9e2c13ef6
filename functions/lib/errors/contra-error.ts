// What every error of ours is: a literal name and a kind of a closed set.

/**
 * transient: not moved by this try · refused: nothing moved · withdrawn: undo was asked for · unknown: maybe moved ·
 * verdict: what a Resolve state found · undo: an undo was refused, try again · superseded: another attempt owns the payment ·
 * defect: our own mistake, never retried nor caught · request: a client's mistake, answered over HTTP.
 */
export type Kind =
  | "transient"
  | "refused"
  | "withdrawn"
  | "unknown"
  | "verdict"
  | "undo"
  | "superseded"
  | "defect"
  | "request";

export abstract class ContraError extends Error {
  abstract override readonly name: string;
  abstract readonly kind: Kind;
}
