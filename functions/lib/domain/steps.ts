// The steps of the sagas and their marks. A step's name is its function's name, everywhere.

/** Forward steps of the card rail, in order; each may have an undo. */
export const CARD_STEPS = [
  "validate-payment",
  "authorize-payment",
  "post-ledger",
  "capture-payment",
  "notify-payment",
] as const;
export type Step = (typeof CARD_STEPS)[number];

/** An intent is a step's mark before its provider call; a tombstone is its undo's mark before the undo's call. */
export type MarkKind = "intent" | "tombstone" | "undone";

/** The attribute of the PAYMENT item that holds the mark, as milliseconds since the epoch. */
export const markAttribute = (kind: MarkKind, step: Step): string => `${kind}_${step.replaceAll("-", "_")}`;

/** What a step asks of a provider; with the payment's id it is the provider key. */
export type ProviderOperation = "authorize" | "capture" | "void";

/** The same in every try, redrive and attempt, so that the provider itself can tell a repetition. */
export const providerKey = (paymentId: string, operation: ProviderOperation): string =>
  `${paymentId}:${operation}`;
