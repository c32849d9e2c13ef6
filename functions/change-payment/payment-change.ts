// Reads a merge patch, and judges what a payment would be with it.
import { soundMembers, violations } from "../lib/contracts/contract.ts";
import * as schemas from "../lib/contracts/schemas.ts";
import type { PaymentChange } from "../lib/contracts/types.ts";
import { suspectStrings } from "../lib/domain/card-data.ts";
import { MOST_CHANGES, membersChanged, patched } from "../lib/domain/change.ts";
import { oversizedMetadata } from "../lib/domain/metadata.ts";
import { type Changeable, changeableOf, changesOf, type PaymentRecord } from "../lib/domain/payment.ts";
import { keepsReference } from "../lib/domain/status.ts";
import {
  type FieldError,
  InvalidRequest,
  PaymentErased,
  ReferenceFixed,
  TooManyChanges,
} from "../lib/errors/registry.ts";

/** Throws InvalidRequest. */
export function readChange(body: Record<string, unknown>): PaymentChange {
  const broken = violations(schemas.PaymentChange, body);
  refuse([...broken, ...suspectStrings(soundMembers(body, broken))]);
  return body as PaymentChange;
}

/**
 * What holds with the change; undefined where that is what holds already. Throws InvalidRequest,
 * PaymentErased, ReferenceFixed or TooManyChanges.
 */
export function changedBy(payment: PaymentRecord, change: PaymentChange): Changeable | undefined {
  const to = patched(payment, change);
  const members = membersChanged(payment, to);
  if (members.length === 0) return undefined;
  refuse([...ordersChanged(payment, to, change), ...(members.includes("metadata") ? wrongMetadata(to) : [])]);
  const { status, erased_at } = payment;
  if (erased_at)
    throw new PaymentErased(`the payment was erased at ${erased_at}: nothing is added to it again`);
  if (members.includes("reference") && !keepsReference(status))
    throw new ReferenceFixed(
      `the reference of a payment that is ${status} stays as it is: it is changed of one that completed`,
      [],
      { payment_status: status },
    );
  if (changesOf(payment) >= MOST_CHANGES)
    throw new TooManyChanges(`the payment was changed ${MOST_CHANGES} times, and may not be again`);
  return to;
}

function refuse(errors: FieldError[]): void {
  if (errors.length > 0) throw new InvalidRequest("the request has errors", errors);
}

/** The sandbox was given its orders with the first call: whoever changes them is told nothing. */
function ordersChanged(payment: PaymentRecord, to: Changeable, { metadata }: PaymentChange): FieldError[] {
  if (changeableOf(payment).metadata?.sandbox === to.metadata?.sandbox) return [];
  const pointer = metadata ? "/metadata/sandbox" : "/metadata";
  return [{ pointer, detail: "`sandbox` of metadata is as it was accepted, for good" }];
}

/** A patch that is fine by itself may make too much of what it is added to. */
const wrongMetadata = ({ metadata }: Changeable): FieldError[] => [
  ...violations(schemas.Metadata, metadata ?? {}).map(({ detail }) => ({ pointer: "/metadata", detail })),
  ...oversizedMetadata(metadata),
];
