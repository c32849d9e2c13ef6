// What a money step declares of itself: what it asks for, when it may begin, how it sends and how
// it records. The order is the kernel's (money-step.ts).
import type { Guard } from "../domain/guard.ts";
import type { PaymentRecord } from "../domain/payment.ts";
import type { Difference, Question } from "../domain/provider-answer.ts";
import type { ForwardOperation, ProviderStep, ResultStep } from "../domain/saga-definition.ts";
import type { ContraError } from "../errors/registry.ts";
import type { ProviderAnswer, Success } from "../ports/provider.ts";

/** What every money step throws, beside its own refusals. */
export const MONEY_STEP_THROWS = [
  "ProviderUnavailable",
  "CancelRequested",
  "UndoStarted",
  "Superseded",
  "OutcomeUnknown",
  "ProviderRejected",
  "RefusalUnsettled",
  "AnswerDiffers",
  "ContradictionStands",
  "StoreContention",
  "StoreUnavailable",
] as const;

/** One try of a step. `key` is the provider's idempotency key, `needs` what the step works with. */
export type Try<Needs = undefined> = {
  step: ProviderStep;
  operation: ForwardOperation;
  payment: PaymentRecord;
  guard: Guard & { step: ProviderStep };
  key: string;
  question: Question;
  needs: Needs;
};

/** What must hold before the first intent, of any payment. Throws ProviderUnavailable. */
export type Condition<Ports> = (ports: Ports, step: ProviderStep) => Promise<unknown>;

/** Refuses a payment that waited too long, and throws the refusal. */
export type Lapse<Ports, Needs> = (ports: Ports, current: Try<Needs>) => Promise<unknown>;

type Refusal = new (message: string) => ContraError;

export type MoneyStep<Ports, Needs = undefined> = {
  /** The error for a provider's refusal. */
  declined: Refusal;
  /** What is asked for. What is sent, and whatever is said of a success, is this. */
  asks: (payment: PaymentRecord, needs: Needs) => Question;
  /** The provider call. */
  send: (ports: Ports, current: Try<Needs>) => Promise<ProviderAnswer>;
  /** The transaction, by the guard of the try. */
  record: (ports: Ports, current: Try<Needs>, success: Success) => Promise<unknown>;
  /** Asked in order, once in a try. A condition that may take the probe's place comes last. */
  mayBegin: readonly Condition<Ports>[];
  /** What the step works with, beside the payment. Throws InvariantBroken where it is missing. */
  needs?: (ports: Ports, payment: PaymentRecord) => Needs | Promise<Needs>;
} & Options<Ports, Needs>;

/** Where the order differs from step to step. */
type Options<Ports, Needs> = {
  /** The step whose result it sends: it must stand when this one begins. */
  buildsOn?: ResultStep;
  /**
   * Asked before `mayBegin`. What was accepted no longer ago than `after` milliseconds has not
   * waited too long, whatever else there is: only an older payment is looked at for it.
   */
  mayLapse?: { after: number; assertInTime: Lapse<Ports, Needs> };
  /**
   * Recording completes the payment. A parked payment is resumed first, because it must be in work.
   */
  endsPayment?: true;
  /**
   * Records that less was done than was asked for, with why the payment will fail: the step's undo
   * takes it back. Without it, less is as wrong as anything else.
   */
  recordPart?: (ports: Ports, current: Try<Needs>, part: Difference) => Promise<ContraError>;
};
