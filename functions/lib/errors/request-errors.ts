// A client's mistakes, each with the status and title of its answer. They never reach a machine.
import { type FieldError, RequestError } from "./contra-error.ts";

export class InvalidRequest extends RequestError {
  override readonly name = "InvalidRequest";
  readonly status = 400;
  readonly title = "The request is malformed or invalid";
}
export class Unauthenticated extends RequestError {
  override readonly name = "Unauthenticated";
  readonly status = 401;
  readonly title = "The access token is missing or invalid";
}
export class SignatureInvalid extends RequestError {
  override readonly name = "SignatureInvalid";
  readonly status = 401;
  readonly title = "The signature is missing, forged or stale";
}
export class ScopeMissing extends RequestError {
  override readonly name = "ScopeMissing";
  readonly status = 403;
  readonly title = "The access token lacks a scope";
}
export class MerchantMissing extends RequestError {
  override readonly name = "MerchantMissing";
  readonly status = 403;
  readonly title = "The access token names no merchant";
}
export class OverdraftNotAllowed extends RequestError {
  override readonly name = "OverdraftNotAllowed";
  readonly status = 403;
  readonly title = "The overdraft is not allowed";
}
export class SecondOperatorNeeded extends RequestError {
  override readonly name = "SecondOperatorNeeded";
  readonly status = 403;
  readonly title = "Another operator has to approve it";
}
export class ApprovalExpired extends RequestError {
  override readonly name = "ApprovalExpired";
  readonly status = 410;
  readonly title = "The time for an approval is over";
}
export class SubjectMissing extends RequestError {
  override readonly name = "SubjectMissing";
  readonly status = 403;
  readonly title = "The access token does not say whose it is";
}
export class NotFound extends RequestError {
  override readonly name = "NotFound";
  readonly status = 404;
  readonly title = "There is nothing here";
}
export class MethodNotAllowed extends RequestError {
  override readonly name = "MethodNotAllowed";
  readonly status = 405;
  readonly title = "The method is not allowed here";
}
export class ReferenceTaken extends RequestError {
  override readonly name = "ReferenceTaken";
  readonly status = 409;
  readonly title = "Another payment holds this reference";
}
export class QuoteNotUsable extends RequestError {
  override readonly name = "QuoteNotUsable";
  readonly status = 409;
  readonly title = "The quote has expired or was used";
}
export class AccountExists extends RequestError {
  override readonly name = "AccountExists";
  readonly status = 409;
  readonly title = "The account exists with other terms";
}
export class TooManyAccounts extends RequestError {
  override readonly name = "TooManyAccounts";
  readonly status = 409;
  readonly title = "The merchant has as many accounts as it may";
}
export class SagaNotRedrivable extends RequestError {
  override readonly name = "SagaNotRedrivable";
  readonly status = 409;
  readonly title = "The saga cannot be taken up again";
}
export class PaymentNotEnded extends RequestError {
  override readonly name = "PaymentNotEnded";
  readonly status = 409;
  readonly title = "The payment has not ended";
}
/** Says by `payment_status` where the payment is, and by `possible` what may be done instead. */
export class CannotCancel extends RequestError {
  override readonly name = "CannotCancel";
  readonly status = 409;
  readonly title = "The payment cannot be cancelled";
}
export class ReferenceFixed extends RequestError {
  override readonly name = "ReferenceFixed";
  readonly status = 409;
  readonly title = "The reference cannot be changed now";
}
export class TooManyChanges extends RequestError {
  override readonly name = "TooManyChanges";
  readonly status = 409;
  readonly title = "The payment was changed as often as it may be";
}
export class ChangedMeanwhile extends RequestError {
  override readonly name = "ChangedMeanwhile";
  readonly status = 409;
  readonly title = "The payment was changed by others at the same time";
}
export class PaymentErased extends RequestError {
  override readonly name = "PaymentErased";
  readonly status = 409;
  readonly title = "The payment was erased";
}
export class VersionDiffers extends RequestError {
  override readonly name = "VersionDiffers";
  readonly status = 412;
  readonly title = "The payment is at another version";
}
export class ContentTooLarge extends RequestError {
  override readonly name = "ContentTooLarge";
  readonly status = 413;
  readonly title = "The body is too large";
}
export class UnsupportedMediaType extends RequestError {
  override readonly name = "UnsupportedMediaType";
  readonly status = 415;
  readonly title = "The body must be JSON";
}
/** A cell answers its own merchants only; which cell another one lives in, it does not know. */
export class MerchantElsewhere extends RequestError {
  override readonly name = "MerchantElsewhere";
  readonly status = 421;
  readonly title = "The merchant does not live in this cell";
}
export class IdempotencyKeyReused extends RequestError {
  override readonly name = "IdempotencyKeyReused";
  readonly status = 422;
  readonly title = "The idempotency key was used with another body";
}
/**
 * The merchant asks for more than its policy allows. The header fields are those of the IETF's
 * draft-ietf-httpapi-ratelimit-headers: `q` in `w` seconds, `r` left for `t` seconds.
 */
export class RateLimited extends RequestError {
  override readonly name = "RateLimited";
  readonly status = 429;
  readonly title = "Too many requests";
  override readonly headers: Record<string, string>;
  constructor(detail: string, errors: FieldError[] = [], members = {}, headers = {}) {
    super(detail, errors, members);
    this.headers = headers;
  }

  /**
   * `quota` of what is limited in so many seconds; `where` says what shares it. The next one is
   * there after `wait` seconds.
   */
  static by(what: string, quota: number, window: number, wait: number, where = ""): RateLimited {
    const detail = `too many ${what}: ${quota} in ${window} s${where}; try again in ${wait} s`;
    return new RateLimited(
      detail,
      [],
      {},
      {
        "retry-after": String(wait),
        "ratelimit-policy": `"${what}";q=${quota};w=${window}`,
        ratelimit: `"${what}";r=0;t=${wait}`,
      },
    );
  }
}
export class ServiceUnavailable extends RequestError {
  override readonly name = "ServiceUnavailable";
  readonly status = 503;
  readonly title = "The service cannot take the request right now";
}
