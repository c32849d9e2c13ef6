// Captures the held amount: the pivot. Once it happened the payment completes; nothing after it can undo it.
import type { SagaInput } from "../lib/contracts/types.ts";
import { type Guard, isDone, type PaymentRecord } from "../lib/domain/payment.ts";
import { providerKey } from "../lib/domain/steps.ts";
import {
  CaptureDeclined,
  InvariantBroken,
  OutcomeUnknown,
  ProviderUnavailable,
  UndoStarted,
} from "../lib/errors/registry.ts";
import type { Breaker } from "../lib/ports/breaker.ts";
import type { CardProvider } from "../lib/ports/card-provider.ts";
import type { Clock } from "../lib/ports/clock.ts";
import type { PaymentStore } from "../lib/ports/payment-store.ts";
import type { Switches } from "../lib/ports/switches.ts";
import { assertAvailable } from "../lib/saga/availability.ts";
import { takeUpPayment } from "../lib/saga/load.ts";
import { afterIntent, askThenSend } from "../lib/saga/provider-call.ts";
import { recordCapture } from "../lib/saga/record-capture.ts";
import { reportAnswer } from "../lib/saga/report-answer.ts";
import { toldBy } from "../lib/saga/told.ts";

const STEP = "capture-payment";
export const throws = [
  "CaptureDeclined",
  "ProviderUnavailable",
  "CancelRequested",
  "UndoStarted",
  "Superseded",
  "OutcomeUnknown",
  "StoreContention",
  "StoreUnavailable",
] as const;

export type Ports = {
  payments: PaymentStore;
  provider: CardProvider;
  breaker: Breaker;
  switches: Switches;
  clock: Clock;
};

export const capturePayment =
  ({ payments, provider, breaker, switches, clock }: Ports) =>
  async ({ payment_id, execution }: SagaInput): Promise<void> => {
    const payment = await takeUpPayment(payments, { payment_id, execution });
    if (isDone(payment, STEP)) return;
    const { authorization_id, created_at: acceptedAt } = payment;
    if (!authorization_id) throw new InvariantBroken("there is no authorization to capture");
    await assertAvailable(breaker, provider, payment, STEP);
    await assertNotStopped(switches, payment);
    const guard: Guard = { execution, step: STEP };
    const { earlier } = await payments.mark(payment_id, "intent", STEP, { ...guard, heedsCancel: true });
    await afterIntent(async () => {
      const key = providerKey(payment_id, "capture");
      const send = () => provider.capture({ ...payment, key, authorization_id });
      const fact = payment.facts?.capture;
      const told = toldBy(fact);
      const answer = told ?? (await askThenSend({ provider, key, earlier, fact, acceptedAt, clock, send }));
      if (!told) await reportAnswer(breaker, provider, payment, answer);
      if (answer.outcome === "refused") {
        await payments.recordFailure(
          payment_id,
          { code: "CaptureDeclined", message: answer.message, step: STEP },
          guard,
        );
        throw new CaptureDeclined(answer.message);
      }
      if (answer.outcome === "tombstoned")
        throw new UndoStarted("the provider keeps a tombstone for this capture");
      if (answer.outcome !== "succeeded") throw new OutcomeUnknown(`capture ${answer.outcome}`);
      await recordCapture(payments, clock, payment, answer.id, guard);
    });
  };

/** The kill switch of the pivot. A capture that may already be under way is followed up all the same. */
async function assertNotStopped(switches: Switches, { rail, marks }: PaymentRecord): Promise<void> {
  if (marks.intent[STEP] !== undefined) return;
  if (await switches.isOn("stop-pivots", rail)) throw new ProviderUnavailable("captures are stopped");
}
