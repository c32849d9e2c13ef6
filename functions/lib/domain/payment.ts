// A payment as the saga knows it, and the one judgement about who may still write it. Every guard of every write is this
// judgement, expressed once more as a DynamoDB condition by the store.
import type { Failure, Payment, Status } from "../contracts/types.ts";
import {
  CancelRequested,
  type ContraError,
  errorNamed,
  InvariantBroken,
  kindOf,
  StoreContention,
  Superseded,
  UndoStarted,
} from "../errors/registry.ts";
import type { Facts } from "./provider-fact.ts";
import { type MarkKind, STEPS_OF, type Step } from "./steps.ts";

/** Marks of one kind by step, as milliseconds since the epoch. */
export type Marks = Partial<Record<Step, number>>;

export type PaymentRecord = Omit<
  Payment,
  "amount" | "fee" | "destination_amount" | "failure" | "metadata" | "error_message"
> & {
  amount: bigint;
  fee?: bigint;
  /** What the destination receives, in its minor unit; known once the ledger is posted. */
  destination_amount?: bigint;
  failure?: Omit<Failure, "undone">;
  payment_method?: string;
  metadata?: Record<string, string>;
  /** The execution that may write; absent until ValidatePayment claimed the payment. */
  owner_execution?: string;
  /** How many executions were started for it; absent while the first is the only one. */
  attempts?: number;
  cancel_requested_at?: number;
  notified_at?: string;
  /** When the source account's funds were reserved for the conversion (ISO 8601). */
  held_at?: string;
  /** When verify-integrity found the trail complete and the payment ended. */
  verified_at?: string;
  marks: Record<MarkKind, Marks>;
  /** What the provider told of its own accord; only a payment that was loaded whole carries them. */
  facts?: Facts;
  /** Since when it is listed as holding value in transit (ISO 8601); only a payment that was loaded whole says so. */
  in_transit_since?: string;
};

const TERMINAL: readonly Status[] = ["COMPLETED", "FAILED", "CANCELED", "PARTIALLY_REFUNDED", "REFUNDED"];

/** True when no saga step will change the payment any more. */
export const isTerminal = (status: Status): boolean => TERMINAL.includes(status);

const NEXT: Record<Status, readonly Status[]> = {
  PENDING: ["PROCESSING", "FAILED", "CANCELED", "IN_REVIEW"],
  PROCESSING: ["PROCESSING", "COMPLETED", "FAILED", "CANCELED", "IN_REVIEW"],
  IN_REVIEW: ["PROCESSING"],
  COMPLETED: ["COMPLETED", "PARTIALLY_REFUNDED", "REFUNDED"],
  PARTIALLY_REFUNDED: ["PARTIALLY_REFUNDED", "REFUNDED"],
  REFUNDED: [],
  FAILED: [],
  CANCELED: [],
};

/** True when a payment may go from one status to the other; staying is listed where an event may be added. */
export const mayBecome = (from: Status, to: Status): boolean => NEXT[from].includes(to);

/** Where a payment shows that the step's effect is recorded; the claim has no member of its own. */
export const RESULT_OF = {
  "authorize-payment": "authorization_id",
  "post-ledger": "fee",
  "capture-payment": "capture_id",
  "authorize-conversion": "held_at",
  "on-ramp": "on_ramp_tx_id",
  "off-ramp": "off_ramp_tx_id",
  "notify-payment": "notified_at",
} as const satisfies Record<Exclude<Step, "validate-payment">, keyof PaymentRecord>;

/** True when the step's effect is recorded, so that a repetition returns at once. */
export const isDone = (payment: PaymentRecord, step: Step): boolean =>
  step === "validate-payment"
    ? payment.owner_execution !== undefined && payment.status !== "PENDING"
    : payment[RESULT_OF[step]] !== undefined;

/** True when the step's effect is recorded or may be on its way. */
const isBegun = (payment: PaymentRecord, step: Step): boolean =>
  isDone(payment, step) || payment.marks.intent[step] !== undefined;

/** The marks of a payment that nothing was tried for. */
export const unmarked = (): PaymentRecord["marks"] => ({
  intent: {},
  asked: {},
  tombstone: {},
  undoing: {},
  undone: {},
  unreached: {},
});

/** True when the step ended in a clear no, so that it left nothing to undo. */
export const isRefused = (payment: PaymentRecord, step: Step): boolean =>
  payment.failure?.step === step && kindOf(payment.failure.code) === "refused";

/** The refusal that an earlier try of the step persisted: it stands, whatever has changed since. */
export const refusalBy = ({ failure }: PaymentRecord, step: Step): ContraError | undefined =>
  failure?.step === step ? errorNamed(failure.code, failure.message) : undefined;

/** The steps whose intent looks at what other tries came to. */
export type Beginning = "on-ramp" | "off-ramp";
/** The steps that may refuse without asking a provider. */
export type Judging = "validate-payment" | "authorize-conversion" | "on-ramp";

/** What a write of a saga task stands on. */
export type Guard = {
  /** The execution that writes. */
  execution: string;
  /** The step whose tombstone forbids the write: an undo of it has begun. */
  step?: Step;
  /** True for a write after which money may move: a cancel request forbids it. */
  heedsCancel?: boolean;
  /** True for the claim, and for the writes that undo and end a payment nobody ever claimed. */
  acceptsUnclaimed?: boolean;
  /**
   * The step that this write judges of itself, asking nobody: what another try has judged, begun or done already stands, so that
   * a payment is never both refused by a step and moved by it.
   */
  judges?: Judging;
  /** The step whose intent this is: none is set after a refusal, nor once the step is done. */
  begins?: Beginning;
  /** The step that this write builds on: once that is undone, nothing may be built on it. */
  stands?: Step;
};

/**
 * Why this guard forbids a write to the payment, or undefined when it allows it. The order is the precedence
 * (DESIGN §5): tombstone, then cancel, then superseded; the step's own result has been looked at before. Judged meanwhile is
 * contention: the next try finds the judgement.
 */
export function objectionTo(guard: Guard, payment: PaymentRecord): ContraError | undefined {
  const owner = payment.owner_execution;
  const owned = owner === guard.execution || (owner === undefined && guard.acceptsUnclaimed === true);
  if (owned && guard.step && payment.marks.tombstone[guard.step] !== undefined) {
    return new UndoStarted(`the undo of ${guard.step} has begun`);
  }
  if (owned && guard.heedsCancel && payment.cancel_requested_at !== undefined) {
    return new CancelRequested("the merchant withdrew the payment");
  }
  if (!owned) return new Superseded(`the payment belongs to ${owner ?? "nobody yet"}`);
  return objectionOfTries(guard, payment);
}

/** What other tries, and their undo, have to say against a write of the owner's. */
function objectionOfTries(
  { begins, judges, stands }: Guard,
  payment: PaymentRecord,
): ContraError | undefined {
  if (stands && payment.marks.undone[stands] !== undefined)
    return new InvariantBroken(`${stands} was undone: nothing is built on it`);
  const failed = payment.failure !== undefined;
  if (begins && failed) return new StoreContention("another try has refused the payment");
  if (begins && isDone(payment, begins)) return new StoreContention("another try has done the step");
  if (judges && (failed || isBegun(payment, judges)))
    return new StoreContention("another try has judged the payment");
  return undefined;
}

/** The payment as the API shows it: its public members in one order, those without a value left out. */
export function toApi(record: PaymentRecord): Payment {
  const { failure, amount, fee } = record;
  const shown: { [Member in keyof Payment]: Payment[Member] | undefined } = {
    payment_id: record.payment_id,
    idempotency_key: record.idempotency_key,
    merchant_id: record.merchant_id,
    rail: record.rail,
    amount: Number(amount),
    currency: record.currency,
    destination_currency: record.destination_currency,
    destination_amount:
      record.destination_amount === undefined ? undefined : Number(record.destination_amount),
    quote_id: record.quote_id,
    fee: fee === undefined ? undefined : Number(fee),
    source_account: record.source_account,
    destination_account: record.destination_account,
    user_id: record.user_id,
    reference: record.reference,
    metadata: record.metadata,
    status: record.status,
    step: record.step,
    on_ramp_tx_id: record.on_ramp_tx_id,
    off_ramp_tx_id: record.off_ramp_tx_id,
    authorization_id: record.authorization_id,
    capture_id: record.capture_id,
    failure: failure && { ...failure, undone: undoneSteps(record) },
    error_message: failure?.message,
    created_at: record.created_at,
    updated_at: record.updated_at,
    processed_at: record.processed_at,
    version: record.version,
  };
  return Object.fromEntries(
    Object.entries(shown).filter(([, value]) => value !== undefined),
  ) as unknown as Payment;
}

/** The steps whose effects were undone, latest step first: the machine's order, which clocks of two hosts may not show. */
export const undoneSteps = (record: PaymentRecord): string[] =>
  [...STEPS_OF[record.rail]].reverse().filter((step) => record.marks.undone[step] !== undefined);
