// The sagas: the steps of each rail, what each shows as its result, and what it asks of which provider. A step's name is its
// function's name, everywhere.
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

/** Where a payment shows that the step's effect is recorded; the claim has no member of its own. */
export const RESULT_OF = {
  "authorize-payment": "authorization_id",
  "post-ledger": "fee",
  "capture-payment": "capture_id",
  "authorize-conversion": "held_at",
  "on-ramp": "on_ramp_tx_id",
  "off-ramp": "off_ramp_tx_id",
  "notify-payment": "notified_at",
} as const satisfies Record<Exclude<Step, "validate-payment">, string>;

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

/**
 * Also the names by which their adapters declare their natures. The ramps fail apart, so each has a breaker of its own; address,
 * credentials and webhooks they share with the card provider, for the sandbox plays all of them.
 */
export const CARD_PROVIDER = "sandbox";
export const ON_RAMP_PROVIDER = "sandbox-on-ramp";
export const OFF_RAMP_PROVIDER = "sandbox-off-ramp";

const PROVIDERS: Record<Rail, readonly string[]> = {
  card: [CARD_PROVIDER],
  stablecoin: [ON_RAMP_PROVIDER, OFF_RAMP_PROVIDER],
};

/** Who is asked for what. */
export const PROVIDER_OF = {
  authorize: CARD_PROVIDER,
  capture: CARD_PROVIDER,
  void: CARD_PROVIDER,
  on_ramp: ON_RAMP_PROVIDER,
  off_ramp: OFF_RAMP_PROVIDER,
  reverse_on_ramp: ON_RAMP_PROVIDER,
} as const satisfies Record<ProviderOperation, string>;

export const RAILS = Object.keys(PROVIDERS) as Rail[];

export const providersOf = (rail: Rail): readonly string[] => PROVIDERS[rail];

/** stop-intake: accept nothing · hold-starts: accept, and start later · stop-pivots: begin no irrevocable step. */
export const SWITCHES = ["stop-intake", "hold-starts", "stop-pivots"] as const;
export type Switch = (typeof SWITCHES)[number];

/** The switches, by their names in the manifest, each of which has this effect on the rail. */
export const switchNames = (what: Switch, rail: Rail): string[] =>
  [rail, ...providersOf(rail)].map((subject) => `${subject}/${what}`);
