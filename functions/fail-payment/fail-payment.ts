// Ends a payment of which every step is undone or was never intended. It is CANCELED when the
// merchant withdrew it, and FAILED where it was refused besides, or for any other reason.
import type { SagaInput } from "../lib/contracts/types.ts";
import { failedStepOf, wasProviderUnreachable } from "../lib/domain/failed-step.ts";
import { type Guard, objectionTo } from "../lib/domain/guard.ts";
import { openEffectOf } from "../lib/domain/open-effects.ts";
import { isDone, type PaymentRecord, undoneSteps } from "../lib/domain/payment.ts";
import type { Step } from "../lib/domain/saga-definition.ts";
import { InvariantBroken } from "../lib/errors/registry.ts";
import type { Clock } from "../lib/ports/clock.ts";
import type { PaymentStore } from "../lib/ports/payment-store.ts";
import { loadAndResume } from "../lib/saga/load-payment.ts";

export const throws = ["ContradictionStands", "Superseded", "StoreContention", "StoreUnavailable"] as const;

export type Ports = { payments: PaymentStore; clock: Clock };

export const failPayment =
  ({ payments, clock }: Ports) =>
  async ({ payment_id, execution }: SagaInput): Promise<void> => {
    const payment = await loadAndResume(payments, { payment_id, execution });
    const guard: Guard = { execution, acceptsUnclaimed: true };
    const objection = objectionTo(guard, payment);
    if (objection) throw objection;
    if (payment.status !== "FAILED" && payment.status !== "CANCELED") assertNothingStands(payment);
    const recorded = payment.failure ?? settledRefusal(payment);
    const canceled = recorded === undefined && payment.cancel_requested_at !== undefined;
    const failure = recorded ?? (canceled ? withdrawal(payment) : noReason(payment));
    const event = { data: { failure: { ...failure, undone: undoneSteps(payment) } } };
    await payments.commit(payment, {
      guard,
      step: "fail-payment",
      status: canceled ? "CANCELED" : "FAILED",
      changes: { failure, processed_at: new Date(clock.now()).toISOString() },
      event: canceled ? { type: "payment.canceled", ...event } : { type: "payment.failed", ...event },
      journals: [],
      achieves: { ended: true },
      releasesReference: true,
    });
  };

/** A step that has moved something, or may have, is undone before the payment may fail. */
function assertNothingStands(payment: PaymentRecord): void {
  const standing = openEffectOf(payment);
  if (standing) throw new InvariantBroken(standing);
}

const withdrawal = (payment: PaymentRecord) => ({
  code: "CancelRequested",
  message: "the merchant withdrew the payment",
  step: failedStepOf(payment),
});

/** A refusal that was in doubt is the reason, if its step did not happen after all. */
const settledRefusal = (payment: PaymentRecord) => {
  const { doubted_refusal: refusal } = payment;
  return refusal && !isDone(payment, refusal.step as Step) ? refusal : undefined;
};

/** The failure where no step persisted one: the step that gave up was not refused. */
function noReason(payment: PaymentRecord) {
  const step = failedStepOf(payment);
  return wasProviderUnreachable(payment, step)
    ? {
        code: "ProviderUnavailable",
        message: "a provider was not available; this step sent it nothing",
        step,
      }
    : {
        code: "OutcomeUnknown",
        message: "a step gave no answer in time; everything it may have done was undone",
        step,
      };
}
