// A payment as the saga knows it: its record, the marks of its steps, and what counts as done,
// begun or refused.
import type { Failure, Payment } from "../contracts/types.ts";
import { type ContraError, errorNamed, kindOf } from "../errors/registry.ts";
import type { Facts } from "./provider-fact.ts";
import { type ProviderOperation, RESULT_OF, STEPS_OF, type Step, showsResult } from "./saga-definition.ts";

/**
 * A step sets its intent before its provider call, an undo its tombstone before its own: `intent`
 * and `tombstone` are the times of the latest tries, `asked` and `undoing` those of the first.
 * `unreached` is the latest try that found no provider and so set no intent.
 */
export const MARK_KINDS = ["intent", "asked", "tombstone", "undoing", "undone", "unreached"] as const;
export type MarkKind = (typeof MARK_KINDS)[number];

/** The mark that keeps when a mark was first set. */
export const FIRST_OF = { intent: "asked", tombstone: "undoing" } as const satisfies Partial<
  Record<MarkKind, MarkKind>
>;

/** The attribute of the PAYMENT item that holds the mark, as milliseconds since the epoch. */
export const markAttribute = (kind: MarkKind, step: Step): string => `${kind}_${step.replaceAll("-", "_")}`;

/** Every attribute that holds a mark of these steps. */
export const markAttributesOf = (steps: readonly Step[]) =>
  MARK_KINDS.flatMap((kind) => steps.map((step) => ({ kind, step, attribute: markAttribute(kind, step) })));

/** Marks of one kind by step, as milliseconds since the epoch. */
export type Marks = Partial<Record<Step, number>>;

export type PaymentRecord = Omit<
  Payment,
  "amount" | "fee" | "destination_amount" | "cancel_requested_at" | "failure" | "metadata" | "error_message"
> & {
  amount: bigint;
  fee?: bigint;
  /** What the destination receives, in its minor unit; known once the ledger is posted. */
  destination_amount?: bigint;
  failure?: Omit<Failure, "undone">;
  /**
   * What a step was refused last, by a provider that may decide anew. It forbids to send again, and
   * is the reason once the payment has failed; until then the step may have happened.
   */
  doubted_refusal?: Omit<Failure, "undone">;
  /**
   * The operations about which the provider contradicts itself. While there is one, nothing is
   * done and nothing is undone.
   */
  disputed?: ProviderOperation[];
  payment_method?: string;
  metadata?: Record<string, string>;
  /** The execution that may write; absent until ValidatePayment claimed the payment. */
  owner_execution?: string;
  /** How many executions were started for it; absent while the first is the only one. */
  attempts?: number;
  /** Milliseconds since the epoch. */
  cancel_requested_at?: number;
  notified_at?: string;
  /** When the source account's funds were reserved for the conversion (ISO 8601). */
  held_at?: string;
  /** True where the void released something. Otherwise it only ruled out that anything is held. */
  released?: true;
  /** When verify-integrity found the trail complete and the payment ended. */
  verified_at?: string;
  marks: Record<MarkKind, Marks>;
  /**
   * What the merchant changed after the fact. Of a payment that was loaded whole, and for the API:
   * a saga goes by what was accepted.
   */
  changed?: Changed;
  /**
   * What the provider reported of its own accord. Only a payment that was loaded whole has facts.
   */
  facts?: Facts;
  /**
   * Since when it holds value in transit (ISO 8601). Only a payment that was loaded whole says so.
   */
  in_transit_since?: string;
};

/** What a merchant says of its payment for itself. */
export type Annotations = Pick<PaymentRecord, "description" | "metadata">;
/** What it may change after the fact. */
export type Changeable = Annotations & Pick<PaymentRecord, "reference">;
/** How often it has, when last (ISO 8601), and all that holds since then. */
export type Changed = { changes: number; at: string; to: Changeable };

/** True when the step's effect is recorded, so that a repetition returns at once. */
export const isDone = (payment: PaymentRecord, step: Step): boolean =>
  showsResult(step) ? payment[RESULT_OF[step]] !== undefined : payment.owner_execution !== undefined;

/** True when the step's effect is recorded or may be on its way. */
export const isBegun = (payment: PaymentRecord, step: Step): boolean =>
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

/** True when the step ended in a clear no, so that it left nothing to undo. Done beats refused. */
export const isRefused = (payment: PaymentRecord, step: Step): boolean =>
  payment.failure?.step === step && kindOf(payment.failure.code) === "refused" && !isDone(payment, step);

/** The refusal that an earlier try of the step persisted. It counts, whatever changed since. */
export const refusalBy = ({ failure }: PaymentRecord, step: Step): ContraError | undefined =>
  failure?.step === step ? errorNamed(failure.code, failure.message) : undefined;

const isoOf = (at: number | undefined): string | undefined =>
  at === undefined ? undefined : new Date(at).toISOString();

export const changesOf = ({ changed }: PaymentRecord): number => changed?.changes ?? 0;

/** What the merchant says of the payment now. */
export function changeableOf({ changed, description, metadata, reference }: PaymentRecord): Changeable {
  if (changed) return changed.to;
  return {
    ...(description === undefined ? {} : { description }),
    ...(metadata === undefined ? {} : { metadata }),
    ...(reference === undefined ? {} : { reference }),
  };
}

/** The version that the API shows: it counts the events of the saga and the changes. */
export const shownVersion = (payment: PaymentRecord): number => payment.version + changesOf(payment);

/**
 * The payment as the API shows it: public members in one order, without those that have no value.
 */
export function toApi(record: PaymentRecord): Payment {
  const { failure, amount, fee, changed, updated_at } = record;
  const { description, metadata, reference } = changeableOf(record);
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
    reference,
    description,
    metadata,
    status: record.status,
    step: record.step,
    on_ramp_tx_id: record.on_ramp_tx_id,
    off_ramp_tx_id: record.off_ramp_tx_id,
    authorization_id: record.authorization_id,
    capture_id: record.capture_id,
    cancel_requested_at: isoOf(record.cancel_requested_at),
    failure: failure && { ...failure, undone: undoneSteps(record) },
    error_message: failure?.message,
    created_at: record.created_at,
    updated_at: changed && changed.at > updated_at ? changed.at : updated_at,
    processed_at: record.processed_at,
    erased_at: record.erased_at,
    version: shownVersion(record),
  };
  return Object.fromEntries(
    Object.entries(shown).filter(([, value]) => value !== undefined),
  ) as unknown as Payment;
}

/**
 * The steps whose effects were undone, latest step first. The order is the machine's: clocks of two
 * hosts may show another.
 */
export const undoneSteps = (record: PaymentRecord): string[] =>
  [...STEPS_OF[record.rail]].reverse().filter((step) => record.marks.undone[step] !== undefined);
