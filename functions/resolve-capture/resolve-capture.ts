// Finds out whether an uncertain capture happened. It first forbids any further capture, on our side and the provider's, so
// that "absent" can only be said when the effect can no longer happen.
import type { SagaInput } from "../lib/contracts/types.ts";
import type { Guard } from "../lib/domain/guard.ts";
import { isDone } from "../lib/domain/payment.ts";
import { OutcomeAbsent } from "../lib/errors/registry.ts";
import type { Breaker } from "../lib/ports/breaker.ts";
import type { CardProvider } from "../lib/ports/card-provider.ts";
import type { Clock } from "../lib/ports/clock.ts";
import type { PaymentStore } from "../lib/ports/payment-store.ts";
import { forbidden } from "../lib/saga/find.ts";
import { isSpent } from "../lib/saga/in-flight.ts";
import { takeUpPayment } from "../lib/saga/load.ts";
import { recordCapture } from "../lib/saga/record-capture.ts";
import { verdictOn } from "../lib/saga/verdict.ts";

const PIVOT = "capture-payment";
export const throws = [
  "OutcomeAbsent",
  "OutcomePending",
  "Superseded",
  "StoreContention",
  "StoreUnavailable",
] as const;

export type Ports = { payments: PaymentStore; provider: CardProvider; breaker: Breaker; clock: Clock };

export const resolveCapture =
  (ports: Ports) =>
  async ({ payment_id, execution }: SagaInput): Promise<void> => {
    const { payments, provider, clock } = ports;
    const guard: Guard = { execution, acceptsUnclaimed: true };
    const loaded = await takeUpPayment(payments, { payment_id, execution });
    if (isDone(loaded, PIVOT)) return;
    const { payment } = await payments.mark(payment_id, "tombstone", PIVOT, guard);
    if (isDone(payment, PIVOT)) return;
    const intended = payment.marks.intent[PIVOT];
    if (intended === undefined) throw new OutcomeAbsent("no capture was ever intended");
    const answer = await forbidden(ports, loaded, "capture");
    if (answer.outcome === "succeeded") return recordCapture(payments, clock, payment, answer.id, guard);
    if (answer.outcome === "refused") {
      const failure = { code: "CaptureDeclined", message: answer.message, step: PIVOT };
      await payments.recordFailure(payment_id, failure, guard);
    }
    throw verdictOn("capture", answer, isSpent(intended, provider, clock));
  };
