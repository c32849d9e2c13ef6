// The steps of the sagas and their marks. A step's name is its function's name, everywhere.
import type { Rail } from "../contracts/types.ts";

/** Forward steps of each rail, in order; each may have an undo. */
export const STEPS_OF = {
  card: ["validate-payment", "authorize-payment", "post-ledger", "capture-payment", "notify-payment"],
  stablecoin: [
    "validate-payment",
    "authorize-conversion",
    "on-ramp",
    "off-ramp",
    "post-ledger",
    "notify-payment",
  ],
} as const satisfies Record<Rail, readonly string[]>;
export type Step = (typeof STEPS_OF)[Rail][number];

/** Every step of every rail, once. */
export const STEPS: readonly Step[] = [...new Set(Object.values(STEPS_OF).flat())];

/**
 * An intent is a step's mark before its provider call, a tombstone its undo's before the undo's call: of their latest tries. Asked and
 * undoing are the moments of the first ones. Unreached is that of the latest try that ended before its intent, for want of a provider.
 */
export const MARK_KINDS = ["intent", "asked", "tombstone", "undoing", "undone", "unreached"] as const;
export type MarkKind = (typeof MARK_KINDS)[number];

/** The mark that keeps when a mark was first set. */
export const FIRST_OF = { intent: "asked", tombstone: "undoing" } as const satisfies Partial<
  Record<MarkKind, MarkKind>
>;

/** The attribute of the PAYMENT item that holds the mark, as milliseconds since the epoch. */
export const markAttribute = (kind: MarkKind, step: Step): string => `${kind}_${step.replaceAll("-", "_")}`;

/** The step that asks a provider for it. */
export const STEP_OF = {
  authorize: "authorize-payment",
  capture: "capture-payment",
  on_ramp: "on-ramp",
  off_ramp: "off-ramp",
} as const satisfies Record<string, Step>;
/** The step whose undo asks a provider for it. */
export const UNDONE_BY = {
  void: "authorize-payment",
  reverse_on_ramp: "on-ramp",
} as const satisfies Record<string, Step>;
/** What a step asks of a provider, and what its undo does. */
export type ForwardOperation = keyof typeof STEP_OF;
export type UndoOperation = keyof typeof UNDONE_BY;
export const isUndo = (operation: ProviderOperation): operation is UndoOperation => operation in UNDONE_BY;
/** The step that the operation does or undoes. */
export const stepOf = (operation: ProviderOperation): Step =>
  isUndo(operation) ? UNDONE_BY[operation] : STEP_OF[operation];
/** Of which a ramp says what it gave. */
export const RAMP_OPERATIONS: readonly string[] = ["on_ramp", "off_ramp", "reverse_on_ramp"];
/** With the payment's id it is the provider key. */
export type ProviderOperation = ForwardOperation | UndoOperation;

/** The same in every try, redrive and attempt, so that the provider itself can tell a repetition. */
export const providerKey = (paymentId: string, operation: ProviderOperation): string =>
  `${paymentId}:${operation}`;
