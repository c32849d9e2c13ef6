// What a step may throw, by kind. Each name is a literal, because minifying renames classes while
// the machines and the clients go by the name.
import { ContraError } from "./contra-error.ts";

/** Not moved by this try: the next one may. */
abstract class Transient extends ContraError {
  readonly kind = "transient";
}
export class ProviderUnavailable extends Transient {
  override readonly name = "ProviderUnavailable";
}
export class StoreContention extends Transient {
  override readonly name = "StoreContention";
}

/** The provider or our own rules said no, and nothing moved. */
abstract class Refused extends ContraError {
  readonly kind = "refused";
}
export class AccountClosed extends Refused {
  override readonly name = "AccountClosed";
}
export class MerchantDisabled extends Refused {
  override readonly name = "MerchantDisabled";
}
export class MerchantLimitExceeded extends Refused {
  override readonly name = "MerchantLimitExceeded";
}
export class RailDisabled extends Refused {
  override readonly name = "RailDisabled";
}
export class CardDeclined extends Refused {
  override readonly name = "CardDeclined";
}
export class CaptureDeclined extends Refused {
  override readonly name = "CaptureDeclined";
}
export class InsufficientFunds extends Refused {
  override readonly name = "InsufficientFunds";
}
export class CurrencyUnsupported extends Refused {
  override readonly name = "CurrencyUnsupported";
}
export class AmountTooSmall extends Refused {
  override readonly name = "AmountTooSmall";
}
export class AmountTooLarge extends Refused {
  override readonly name = "AmountTooLarge";
}
export class QuoteExpired extends Refused {
  override readonly name = "QuoteExpired";
}
export class OnRampDeclined extends Refused {
  override readonly name = "OnRampDeclined";
}
export class OffRampDeclined extends Refused {
  override readonly name = "OffRampDeclined";
}
/** The provider judged the request, and did nothing for it. The message has its code. */
export class ProviderRejected extends Refused {
  override readonly name = "ProviderRejected";
}

/** Undo was asked for before this step began. */
abstract class Withdrawn extends ContraError {
  readonly kind = "withdrawn";
}
export class CancelRequested extends Withdrawn {
  override readonly name = "CancelRequested";
}
export class UndoStarted extends Withdrawn {
  override readonly name = "UndoStarted";
}

/** It may or may not have moved. */
abstract class Unknown extends ContraError {
  readonly kind = "unknown";
}
export class OutcomeUnknown extends Unknown {
  override readonly name = "OutcomeUnknown";
}
export class StoreUnavailable extends Unknown {
  override readonly name = "StoreUnavailable";
}

/** What a Resolve state found. */
abstract class Verdict extends ContraError {
  readonly kind = "verdict";
}
export class OutcomeAbsent extends Verdict {
  override readonly name = "OutcomeAbsent";
}
export class OutcomePending extends Verdict {
  override readonly name = "OutcomePending";
}
/** Nothing happened and nothing forbids it any more: the pivot may be tried again. */
export class OutcomeResumable extends Verdict {
  override readonly name = "OutcomeResumable";
}

/** An undo was refused: it is tried again. */
export class UndoRefused extends ContraError {
  override readonly name = "UndoRefused";
  readonly kind = "undo";
}

/**
 * The provider refused, and may decide the same key anew: nothing is undone before that is ruled
 * out.
 */
export class RefusalUnsettled extends ContraError {
  override readonly name = "RefusalUnsettled";
  readonly kind = "unsettled";
}

/** Less is held than was asked for: it is released. */
export class PartiallyApproved extends ContraError {
  override readonly name = "PartiallyApproved";
  readonly kind = "partial";
}

/** What a provider says does not agree: never retried, never caught. A person says what holds. */
abstract class Disputed extends ContraError {
  readonly kind = "disputed";
}
/** The provider did something else than it was asked for. */
export class AnswerDiffers extends Disputed {
  override readonly name = "AnswerDiffers";
}
/** The provider said two things of one operation that cannot both be true. */
export class ContradictionStands extends Disputed {
  override readonly name = "ContradictionStands";
}

/** Another attempt owns the payment. */
export class Superseded extends ContraError {
  override readonly name = "Superseded";
  readonly kind = "superseded";
}

/** Our own mistake: never retried, never caught. */
abstract class Defect extends ContraError {
  readonly kind = "defect";
}
export class ContractViolated extends Defect {
  override readonly name = "ContractViolated";
}
export class InvariantBroken extends Defect {
  override readonly name = "InvariantBroken";
}
