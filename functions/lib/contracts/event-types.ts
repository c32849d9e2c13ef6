// All events that are written and published, as their schemas define them, and their names on the
// bus.
import type {
  PaymentAcceptedV1,
  PaymentAttemptedV1,
  PaymentAuthorizedV1,
  PaymentCanceledV1,
  PaymentCompletedV1,
  PaymentFailedV1,
  PaymentHeldV1,
  PaymentHoldReleasedV1,
  PaymentNotifiedV1,
  PaymentOffRampedV1,
  PaymentOnRampedV1,
  PaymentOnRampReversedV1,
  PaymentParkedV1,
  PaymentPostedV1,
  PaymentResumedV1,
  PaymentReversedV1,
  PaymentUpdatedV1,
  PaymentValidatedV1,
  PaymentVoidedV1,
} from "./types.ts";

/** An event of a payment's saga: each has the next `sequence`. */
export type SagaEvent =
  | PaymentAcceptedV1
  | PaymentValidatedV1
  | PaymentAuthorizedV1
  | PaymentPostedV1
  | PaymentCompletedV1
  | PaymentNotifiedV1
  | PaymentReversedV1
  | PaymentVoidedV1
  | PaymentHeldV1
  | PaymentOnRampedV1
  | PaymentOffRampedV1
  | PaymentOnRampReversedV1
  | PaymentHoldReleasedV1
  | PaymentParkedV1
  | PaymentResumedV1
  | PaymentAttemptedV1
  | PaymentFailedV1
  | PaymentCanceledV1;

/** An event of a change after the fact, which has a number of its own. */
export type ChangeEvent = PaymentUpdatedV1;

export type PaymentEvent = SagaEvent | ChangeEvent;

export const isSagaEvent = (event: PaymentEvent): event is SagaEvent => event.type !== "payment.updated";

/** The bus's `detail-type`, and the name of the event's schema. */
export const detailType = (event: { type: string; version: number }): string =>
  `${event.type}.v${event.version}`;
