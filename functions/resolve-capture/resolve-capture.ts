// Finds out whether an uncertain capture happened. It first forbids any further capture on both
// sides, ours and the provider's, so that a capture is called absent only when it cannot happen
// any more.
import type { SagaInput } from "../lib/contracts/types.ts";
import type { Guard } from "../lib/domain/guard.ts";
import { isDone } from "../lib/domain/payment.ts";
import { questionOf } from "../lib/domain/question.ts";
import { OutcomeAbsent } from "../lib/errors/registry.ts";
import type { Breaker } from "../lib/ports/breaker.ts";
import type { CardProvider } from "../lib/ports/card-provider.ts";
import type { Clock } from "../lib/ports/clock.ts";
import type { PaymentStore } from "../lib/ports/payment-store.ts";
import { loadAndResume } from "../lib/saga/load-payment.ts";
import { forbidThenQuery } from "../lib/saga/provider-outcome.ts";
import { recordCapture } from "../lib/saga/record-capture.ts";
import { hasSendWindowPassed, isImpossible, resolveError } from "../lib/saga/ruled-out.ts";

const PIVOT = "capture-payment";
export const throws = [
  "OutcomeAbsent",
  "OutcomePending",
  "AnswerDiffers",
  "ContradictionStands",
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
    const loaded = await loadAndResume(payments, { payment_id, execution });
    if (isDone(loaded, PIVOT)) return;
    const { payment } = await payments.mark(payment_id, "tombstone", PIVOT, guard);
    if (isDone(payment, PIVOT)) return;
    const intended = payment.marks.intent[PIVOT];
    if (intended === undefined) throw new OutcomeAbsent("no capture was ever intended");
    const question = questionOf(loaded, "capture");
    const answer = await forbidThenQuery(ports, { payment: loaded, operation: "capture", question });
    if (answer.outcome === "succeeded") return recordCapture(payments, clock, payment, answer.id, guard);
    const isOut = isImpossible(answer, provider, hasSendWindowPassed(intended, provider, clock));
    if (answer.outcome === "refused" && isOut)
      await payments.recordFailure(
        payment_id,
        { code: "CaptureDeclined", message: answer.message, step: PIVOT },
        guard,
      );
    throw resolveError("capture", answer, isOut);
  };
