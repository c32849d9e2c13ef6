// The sagas, defined once: every table that is keyed by a step, an operation or a provider derives
// from these two. A new step is an entry here, a folder under functions/ and a state of the
// machine. A step's name is its function's name, everywhere.
import type { Rail } from "../contracts/types.ts";
import { type Saga, type SagaStep, saga, sagas } from "./saga.ts";

/**
 * Also the names by which their adapters declare their natures. The ramps fail apart, so each has a
 * breaker of its own. Address, credentials and webhooks they share with the card provider: the
 * sandbox plays all of them.
 */
export const CARD_PROVIDER = "sandbox";
export const ON_RAMP_PROVIDER = "sandbox-on-ramp";
export const OFF_RAMP_PROVIDER = "sandbox-off-ramp";

export const CARD = saga("card", [
  { step: "validate-payment", event: "payment.validated" },
  {
    step: "authorize-payment",
    event: "payment.authorized",
    result: "authorization_id",
    undo: "void-authorization",
    undone: "payment.voided",
    provider: { of: CARD_PROVIDER, asks: "authorize", undoes: "void" },
  },
  {
    step: "post-ledger",
    event: "payment.posted",
    result: "fee",
    journals: true,
    undo: "reverse-ledger",
    undone: "payment.reversed",
  },
  {
    step: "capture-payment",
    pivot: true,
    event: "payment.completed",
    result: "capture_id",
    journals: true,
    resolve: "resolve-capture",
    provider: { of: CARD_PROVIDER, asks: "capture" },
  },
  { step: "notify-payment", retriable: true, event: "payment.notified", result: "notified_at" },
]);

export const STABLECOIN = saga("stablecoin", [
  { step: "validate-payment", event: "payment.validated" },
  {
    step: "authorize-conversion",
    event: "payment.held",
    result: "held_at",
    journals: true,
    undo: "release-hold",
    undone: "payment.hold_released",
  },
  {
    step: "on-ramp",
    entersTransit: true,
    event: "payment.on_ramped",
    result: "on_ramp_tx_id",
    journals: true,
    undo: "reverse-on-ramp",
    undone: "payment.on_ramp_reversed",
    resolve: "resolve-on-ramp",
    provider: { of: ON_RAMP_PROVIDER, asks: "on_ramp", undoes: "reverse_on_ramp", converts: true },
  },
  {
    step: "off-ramp",
    pivot: true,
    event: "payment.off_ramped",
    result: "off_ramp_tx_id",
    journals: true,
    resolve: "resolve-off-ramp",
    resumable: true,
    provider: { of: OFF_RAMP_PROVIDER, asks: "off_ramp", converts: true },
  },
  { step: "post-ledger", retriable: true, event: "payment.completed", result: "fee", journals: true },
  { step: "notify-payment", retriable: true, event: "payment.notified", result: "notified_at" },
]);

export const SAGAS = sagas(CARD, STABLECOIN);
/** The function that ends a payment whose every effect is undone, on each rail. */
export const END = "fail-payment";

type Entry = (typeof SAGAS)[number]["steps"][number];
/** The entries that say this of themselves. */
type With<Member extends keyof SagaStep> = Extract<Entry, Record<Member, unknown>>;
type Call = With<"provider">["provider"];

export type Step = Entry["step"];
export type ResultStep = With<"result">["step"];
export type UndoableStep = With<"undo">["step"];
export type ProviderStep = With<"provider">["step"];
export type PivotStep = With<"pivot">["step"];
type Posting = With<"journals">;
/** The steps and undos that post a journal. */
export type PostingFunction = Posting["step"] | Extract<Posting, { undo: string }>["undo"];
/** The step that buys value, and the one that pays it out. */
export type Purchase = With<"entersTransit">;
export type Payout = Extract<(typeof STABLECOIN)["steps"][number], { pivot: true }>;
/** What a step asks of a provider, and what its undo asks. A provider key names the operation. */
export type ForwardOperation = Call["asks"];
export type UndoOperation = Extract<Call, { undoes: string }>["undoes"];
export type ProviderOperation = ForwardOperation | UndoOperation;

type Pair = [string | undefined, string | undefined];
/** One pair of names for each entry of each saga. Pairs with a member missing are left out. */
const byEntry = (all: readonly Saga[], tell: (entry: SagaStep) => Pair[]): Record<string, string> =>
  Object.fromEntries(
    all
      .flatMap(({ steps }) => steps.flatMap(tell))
      .filter(([name, value]) => name !== undefined && value !== undefined),
  );
const byRail = <T>(all: readonly Saga[], tell: (one: Saga) => T): Record<string, T> =>
  Object.fromEntries(all.map((one) => [one.rail, tell(one)]));

export const RAILS: readonly Rail[] = SAGAS.map(({ rail }) => rail);
export const SAGA_OF = byRail(SAGAS, (one) => one) as Record<Rail, Saga>;

/** The steps of each rail, in order. */
export const stepsOf = (all: readonly Saga[]) => byRail(all, ({ steps }) => steps.map(({ step }) => step));
export const STEPS_OF = stepsOf(SAGAS) as Record<Rail, string[]> as {
  [S in (typeof SAGAS)[number] as S["rail"]]: S["steps"][number]["step"][];
};
/** Every step of every rail, once. */
export const STEPS: readonly Step[] = [...new Set(Object.values(STEPS_OF).flat())];

/** The attribute that shows a step's result. The opening step has none: it shows as the owner. */
export const resultsOf = (all: readonly Saga[]) => byEntry(all, ({ step, result }) => [[step, result]]);
export const RESULT_OF = resultsOf(SAGAS) as {
  [E in With<"result"> as E["step"]]: E["result"];
};
export const showsResult = (step: Step): step is ResultStep => step in RESULT_OF;

/** The pivot of each rail. */
export const pivotsOf = (all: readonly Saga[]) =>
  byRail(all, ({ steps }) => steps.find(({ pivot }) => pivot)?.step);
export const PIVOT_OF = pivotsOf(SAGAS) as Record<Rail, PivotStep>;
/** Every pivot. */
export const PIVOTS: readonly Step[] = Object.values(PIVOT_OF);

/** The step that asks a provider for an operation. */
export const askingSteps = (all: readonly Saga[]) =>
  byEntry(all, ({ step, provider }) => [[provider?.asks, step]]);
export const STEP_OF = askingSteps(SAGAS) as {
  [E in With<"provider"> as E["provider"]["asks"]]: E["step"];
};

/** The step whose undo asks a provider for an operation. */
export const undoneBy = (all: readonly Saga[]) =>
  byEntry(all, ({ step, provider }) => [[provider?.undoes, step]]);
export const UNDONE_BY = undoneBy(SAGAS) as Record<UndoOperation, UndoableStep & ProviderStep>;

export const isUndo = (operation: ProviderOperation): operation is UndoOperation => operation in UNDONE_BY;
/** The step that the operation does or undoes. */
export const stepOf = (operation: ProviderOperation): Step =>
  isUndo(operation) ? UNDONE_BY[operation] : STEP_OF[operation];

/**
 * The same in every try, redrive and attempt, so that the provider itself can tell a repetition.
 */
export const providerKey = (paymentId: string, operation: ProviderOperation): string =>
  `${paymentId}:${operation}`;

/** Who is asked for what. */
export const providersByOperation = (all: readonly Saga[]) =>
  byEntry(all, ({ provider }) => [
    [provider?.asks, provider?.of],
    [provider?.undoes, provider?.of],
  ]);
export const PROVIDER_OF = providersByOperation(SAGAS) as Record<ProviderOperation, Call["of"]>;
/** Everything that a provider may be asked for. */
export const OPERATIONS = Object.keys(PROVIDER_OF) as ProviderOperation[];

/** Whom a rail's steps ask, in the order of the steps. */
export const providersByRail = (all: readonly Saga[]) =>
  byRail(all, ({ steps }) => [...new Set(steps.flatMap(({ provider }) => provider?.of ?? []))]);
const PROVIDERS = providersByRail(SAGAS) as Record<Rail, readonly string[]>;
export const providersOf = (rail: Rail): readonly string[] => PROVIDERS[rail];

/**
 * stop-intake: accept nothing · hold-starts: accept, and start later · stop-pivots: begin no
 * irrevocable step.
 */
export const SWITCHES = ["stop-intake", "hold-starts", "stop-pivots"] as const;
export type Switch = (typeof SWITCHES)[number];

/** The switches, by their names in the manifest, each of which has this effect on the rail. */
export const switchNames = (what: Switch, rail: Rail): string[] =>
  [rail, ...providersOf(rail)].map((subject) => `${subject}/${what}`);
