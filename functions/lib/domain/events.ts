// Events say what became true of a payment. They are written beside it, in the transaction that made it true, and are
// its audit trail; what is published is exactly what was written.
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
  PaymentValidatedV1,
  PaymentVoidedV1,
} from "../contracts/types.ts";

export type PaymentEvent =
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

export type EventType = PaymentEvent["type"];

/** An event's type and data, before the write gives it its place in the trail. */
export type NewEvent = { [E in PaymentEvent as E["type"]]: { type: E["type"]; data: E["data"] } }[EventType];

/** The version of each type that is written today. */
export const EVENT_VERSION = 1;
/** The bus's `source`. */
export const EVENT_SOURCE = "contra.payments";

/** The bus's `detail-type`, and the name of the event's schema. */
export const detailType = (event: { type: string; version: number }): string =>
  `${event.type}.v${event.version}`;

type Subject = {
  payment_id: string;
  merchant_id: string;
  version: number;
  status: string;
  updated_at: string;
};

/** The event as it is written, for a payment as it is after the event. */
export function eventOf(payment: Subject, event: NewEvent): PaymentEvent {
  return {
    event_id: `${payment.payment_id}:${payment.version}`,
    type: event.type,
    version: EVENT_VERSION,
    payment_id: payment.payment_id,
    merchant_id: payment.merchant_id,
    sequence: payment.version,
    occurred_at: payment.updated_at,
    status: payment.status,
    data: event.data,
  } as PaymentEvent;
}
