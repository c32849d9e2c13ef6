// Events say what became true of a payment. An event is written in the transaction that made it
// true. Events are the audit trail, and are published exactly as they were written.
import type { PaymentEvent, SagaEvent } from "../contracts/event-types.ts";

export type EventType = SagaEvent["type"];

/** An event's type and data, before the write gives it its place in the trail. */
export type NewEvent = { [E in SagaEvent as E["type"]]: { type: E["type"]; data: E["data"] } }[EventType];

/** The version of each type that is written today. */
export const EVENT_VERSION = 1;
/** The bus's `source`. */
export const EVENT_SOURCE = "contra.payments";

type Subject = {
  payment_id: string;
  merchant_id: string;
  version: number;
  status: string;
  updated_at: string;
};

/** The event as it is written, for a payment as it is after the event. */
export function eventOf(payment: Subject, event: NewEvent): SagaEvent {
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
  } as SagaEvent;
}

/** The last event of the saga in a trail: changes, which have no sequence, may stand behind it. */
export const lastOfSaga = (trail: PaymentEvent[]): SagaEvent | undefined =>
  trail.filter((event): event is SagaEvent => "sequence" in event).at(-1);
