// An event keeps the schema of its type and version. It is asserted when it is written, and checked
// when it is consumed.
import { ContractViolated, type FieldError } from "../errors/registry.ts";
import { violations } from "./contract.ts";
import { detailType, type PaymentEvent } from "./event-types.ts";
import type { Contract } from "./schema.ts";
import * as schemas from "./schemas.ts";

type DetailType<E> = E extends PaymentEvent ? `${E["type"]}.v${E["version"]}` : never;

/** The schema of every event that there is. */
export const EVENT_CONTRACTS: Readonly<Record<DetailType<PaymentEvent>, Contract>> = {
  "payment.accepted.v1": schemas.PaymentAcceptedV1,
  "payment.attempted.v1": schemas.PaymentAttemptedV1,
  "payment.authorized.v1": schemas.PaymentAuthorizedV1,
  "payment.canceled.v1": schemas.PaymentCanceledV1,
  "payment.completed.v1": schemas.PaymentCompletedV1,
  "payment.failed.v1": schemas.PaymentFailedV1,
  "payment.held.v1": schemas.PaymentHeldV1,
  "payment.hold_released.v1": schemas.PaymentHoldReleasedV1,
  "payment.notified.v1": schemas.PaymentNotifiedV1,
  "payment.off_ramped.v1": schemas.PaymentOffRampedV1,
  "payment.on_ramp_reversed.v1": schemas.PaymentOnRampReversedV1,
  "payment.on_ramped.v1": schemas.PaymentOnRampedV1,
  "payment.parked.v1": schemas.PaymentParkedV1,
  "payment.posted.v1": schemas.PaymentPostedV1,
  "payment.resumed.v1": schemas.PaymentResumedV1,
  "payment.reversed.v1": schemas.PaymentReversedV1,
  "payment.updated.v1": schemas.PaymentUpdatedV1,
  "payment.validated.v1": schemas.PaymentValidatedV1,
  "payment.voided.v1": schemas.PaymentVoidedV1,
};
const CONTRACT_OF = new Map(Object.entries(EVENT_CONTRACTS));

/** Everything that is wrong with an event from outside. An unknown type is one such error. */
export function eventViolations(event: { type: string; version: number }): FieldError[] {
  const type = detailType(event);
  const contract = CONTRACT_OF.get(type);
  return contract ? violations(contract, event) : [{ pointer: "/type", detail: `there is no event ${type}` }];
}

/** Asserts that an event that we are about to write keeps its schema. */
export function assertEvent(event: PaymentEvent): void {
  const found = eventViolations(event);
  if (found.length === 0) return;
  const text = found.map(({ pointer, detail }) => `${pointer} ${detail}`).join("; ");
  throw new ContractViolated(`${detailType(event)}: ${text}`);
}
