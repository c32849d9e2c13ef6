// Logs and measures a payment's transition, once, by whoever made it. A crash right after the write
// loses the line and not the transition: the event beside the payment is the record.
import type { PaymentEvent } from "../contracts/event-types.ts";
import type { PaymentRecord } from "../domain/payment.ts";
import { isTerminal } from "../domain/status.ts";
import { kindOf } from "../errors/registry.ts";
import { currentIds } from "./correlation.ts";
import { log } from "./log.ts";
import { type MetricName, measure } from "./metrics.ts";

const COUNTED: Partial<Record<PaymentEvent["type"], MetricName>> = {
  "payment.accepted": "PaymentsAccepted",
  "payment.completed": "PaymentsCompleted",
  "payment.failed": "PaymentsFailed",
  "payment.canceled": "PaymentsCanceled",
  "payment.parked": "PaymentsParked",
};

/** The runs that have told of a transition, each by its ids. */
const told = new WeakSet<object>();

/** True once this run has told of a transition: another line would say the same. */
export const hasToldTransition = (): boolean => told.has(currentIds());

/** `from` is the status before; absent for a new payment. */
export function reportTransition(
  payment: PaymentRecord,
  event: PaymentEvent,
  from?: PaymentRecord["status"],
): void {
  const { payment_id, merchant_id, rail, status, failure } = payment;
  const reason =
    failure && status === "FAILED" ? { failure_code: failure.code, failure_step: failure.step } : {};
  told.add(currentIds());
  log.info("transition", {
    payment_id,
    merchant_id,
    event_id: event.event_id,
    event: event.type,
    from,
    to: status,
    rail,
    ...reason,
    ...(event.type === "payment.parked" ? { state: event.data.state, error_name: event.data.error } : {}),
  });
  const counted = COUNTED[event.type];
  if (!counted) return;
  const seconds = (Date.parse(payment.updated_at) - Date.parse(payment.created_at)) / 1000;
  measure(
    { [counted]: 1, ...(isTerminal(status) ? { SagaSeconds: seconds } : {}) },
    { rail, kind: kindOf(failure?.code ?? "") },
  );
}
