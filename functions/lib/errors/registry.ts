// Every error that Contra names, in one closed set. A name is a fact without a suffix, literal so that minifying cannot
// change it: Step Functions reads it in ErrorEquals, clients read it as `code`. The kind decides what the machines do.

import { ContraError, type Kind } from "./contra-error.ts";
import {
  AccountExists,
  ContentTooLarge,
  IdempotencyKeyReused,
  InvalidRequest,
  MerchantElsewhere,
  MethodNotAllowed,
  NotFound,
  QuoteNotUsable,
  ReferenceTaken,
  SagaNotRedrivable,
  ScopeMissing,
  ServiceUnavailable,
  SignatureInvalid,
  Unauthenticated,
  UnsupportedMediaType,
} from "./request-errors.ts";

export * from "./request-errors.ts";
export { ContraError, type Kind };

// transient
export class ProviderUnavailable extends ContraError {
  override readonly name = "ProviderUnavailable";
  readonly kind = "transient";
}
export class StoreContention extends ContraError {
  override readonly name = "StoreContention";
  readonly kind = "transient";
}

// refused: the provider or our own rules said no, and nothing moved
export class AccountClosed extends ContraError {
  override readonly name = "AccountClosed";
  readonly kind = "refused";
}
export class MerchantDisabled extends ContraError {
  override readonly name = "MerchantDisabled";
  readonly kind = "refused";
}
export class MerchantLimitExceeded extends ContraError {
  override readonly name = "MerchantLimitExceeded";
  readonly kind = "refused";
}
export class RailDisabled extends ContraError {
  override readonly name = "RailDisabled";
  readonly kind = "refused";
}
export class CardDeclined extends ContraError {
  override readonly name = "CardDeclined";
  readonly kind = "refused";
}
export class CaptureDeclined extends ContraError {
  override readonly name = "CaptureDeclined";
  readonly kind = "refused";
}
export class InsufficientFunds extends ContraError {
  override readonly name = "InsufficientFunds";
  readonly kind = "refused";
}
export class CurrencyUnsupported extends ContraError {
  override readonly name = "CurrencyUnsupported";
  readonly kind = "refused";
}
export class AmountTooSmall extends ContraError {
  override readonly name = "AmountTooSmall";
  readonly kind = "refused";
}
export class AmountTooLarge extends ContraError {
  override readonly name = "AmountTooLarge";
  readonly kind = "refused";
}
export class QuoteExpired extends ContraError {
  override readonly name = "QuoteExpired";
  readonly kind = "refused";
}
export class OnRampDeclined extends ContraError {
  override readonly name = "OnRampDeclined";
  readonly kind = "refused";
}
export class OffRampDeclined extends ContraError {
  override readonly name = "OffRampDeclined";
  readonly kind = "refused";
}

// withdrawn
export class CancelRequested extends ContraError {
  override readonly name = "CancelRequested";
  readonly kind = "withdrawn";
}
export class UndoStarted extends ContraError {
  override readonly name = "UndoStarted";
  readonly kind = "withdrawn";
}

// unknown
export class OutcomeUnknown extends ContraError {
  override readonly name = "OutcomeUnknown";
  readonly kind = "unknown";
}
export class StoreUnavailable extends ContraError {
  override readonly name = "StoreUnavailable";
  readonly kind = "unknown";
}

// verdicts of a Resolve state
export class OutcomeAbsent extends ContraError {
  override readonly name = "OutcomeAbsent";
  readonly kind = "verdict";
}
export class OutcomePending extends ContraError {
  override readonly name = "OutcomePending";
  readonly kind = "verdict";
}
/** Nothing happened and nothing forbids it any more: the pivot may be tried again. */
export class OutcomeResumable extends ContraError {
  override readonly name = "OutcomeResumable";
  readonly kind = "verdict";
}

// undo, ownership, defects
export class UndoRefused extends ContraError {
  override readonly name = "UndoRefused";
  readonly kind = "undo";
}
export class Superseded extends ContraError {
  override readonly name = "Superseded";
  readonly kind = "superseded";
}
export class ContractViolated extends ContraError {
  override readonly name = "ContractViolated";
  readonly kind = "defect";
}
export class InvariantBroken extends ContraError {
  override readonly name = "InvariantBroken";
  readonly kind = "defect";
}

/**
 * Errors that AWS itself gives a Task, by kind. All but throttling may follow an invocation, so they are unknown.
 * Source: Step Functions developer guide, "Handling errors"; Lambda Invoke API errors.
 */
export const PLATFORM_ERRORS = {
  transient: ["Lambda.TooManyRequestsException"],
  unknown: [
    "States.Timeout",
    "Sandbox.Timedout",
    "Runtime.ExitError",
    "Lambda.Unknown",
    "Lambda.ServiceException",
    "Lambda.AWSLambdaException",
    "Lambda.SdkClientException",
    "Lambda.ClientExecutionTimeoutException",
    "Lambda.ResourceNotReadyException",
    "Lambda.EC2ThrottledException",
    "Lambda.KMSThrottlingException",
    "Runtime.OutOfMemory",
  ],
} as const;

/** Every leaf class, by its name: what tests count and compare with the machines. */
export const REGISTRY = {
  ProviderUnavailable,
  StoreContention,
  AccountClosed,
  MerchantDisabled,
  MerchantLimitExceeded,
  RailDisabled,
  CardDeclined,
  CaptureDeclined,
  InsufficientFunds,
  CurrencyUnsupported,
  AmountTooSmall,
  AmountTooLarge,
  QuoteExpired,
  OnRampDeclined,
  OffRampDeclined,
  CancelRequested,
  UndoStarted,
  OutcomeUnknown,
  StoreUnavailable,
  OutcomeAbsent,
  OutcomePending,
  OutcomeResumable,
  UndoRefused,
  Superseded,
  ContractViolated,
  InvariantBroken,
  InvalidRequest,
  Unauthenticated,
  SignatureInvalid,
  ScopeMissing,
  NotFound,
  MethodNotAllowed,
  ReferenceTaken,
  QuoteNotUsable,
  AccountExists,
  SagaNotRedrivable,
  ContentTooLarge,
  UnsupportedMediaType,
  MerchantElsewhere,
  IdempotencyKeyReused,
  ServiceUnavailable,
} as const;

export type ErrorName = keyof typeof REGISTRY;

/** The registered error of that name; undefined for a name that is not ours. */
export function errorNamed(name: string, message: string): ContraError | undefined {
  return Object.hasOwn(REGISTRY, name) ? new REGISTRY[name as ErrorName](message) : undefined;
}

/** The kind of the registered error of that name; undefined for a name that is not ours. */
export function kindOf(name: string): Kind | undefined {
  return Object.hasOwn(REGISTRY, name) ? new REGISTRY[name as ErrorName]("").kind : undefined;
}
