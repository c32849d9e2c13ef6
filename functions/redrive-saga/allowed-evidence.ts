// Which evidence an operator may give about a payment's operations.
import type { Learned } from "../lib/contracts/types.ts";
import { isRuledOut } from "../lib/domain/open-effects.ts";
import { isDone, isRefused, type PaymentRecord } from "../lib/domain/payment.ts";
import { type Fact, requiresReceivedAmount } from "../lib/domain/provider-fact.ts";
import { isUndo, stepOf } from "../lib/domain/saga-definition.ts";
import { InvalidRequest } from "../lib/errors/registry.ts";

type Operation = Learned["operation"];

/** Throws InvalidRequest, with where it is wrong. */
export function assertAllowed({ marks }: PaymentRecord, { operation, state, received }: Learned): void {
  const step = stepOf(operation);
  const asked = (isUndo(operation) ? marks.tombstone : marks.intent)[step];
  const gave = requiresReceivedAmount({ operation, state });
  const errors = [
    { is: asked === undefined, pointer: "/learned/operation", detail: "was never asked of a provider" },
    {
      is: isUndo(operation) && state !== "succeeded",
      pointer: "/learned/state",
      detail: "an undo that did not happen is tried again: only succeeded is its last word",
    },
    {
      is: gave && received === undefined,
      pointer: "/learned/received",
      detail: "is required: what the ramp gave, in minor units",
    },
    {
      is: !gave && received !== undefined,
      pointer: "/learned/received",
      detail: "only a ramp that succeeded gave anything",
    },
  ].filter(({ is }) => is);
  if (errors.length > 0)
    throw new InvalidRequest(
      "this cannot be said of the payment",
      errors.map(({ pointer, detail }) => ({ pointer, detail })),
    );
}

/**
 * True when our own record decides: the step has a result, a refusal or an undo, or a step before
 * it was undone.
 */
export function isSettled(payment: PaymentRecord, operation: Operation): boolean {
  const step = stepOf(operation);
  if (payment.marks.undone[step] !== undefined || isRuledOut(payment, step)) return true;
  return !isUndo(operation) && (isDone(payment, step) || isRefused(payment, step));
}

export const invalid = (pointer: string, detail: string): InvalidRequest =>
  new InvalidRequest("this cannot be said of the payment", [{ pointer, detail }]);

/** The fact as an operator says it. */
export const learnedOf = ({ operation, state, id, received }: Fact): Learned =>
  ({ operation, state, id, ...(received === undefined ? {} : { received }) }) as Learned;
