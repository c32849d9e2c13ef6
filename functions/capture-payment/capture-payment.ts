// Captures the held amount: the pivot. Once it happened the payment completes; nothing after it can undo it.
import type { SagaInput } from "../lib/contracts/types.ts";
import type { Guard } from "../lib/domain/guard.ts";
import { isDone } from "../lib/domain/payment.ts";
import { providerKey } from "../lib/domain/saga-definition.ts";
import { CaptureDeclined, InvariantBroken } from "../lib/errors/registry.ts";
import type { Breaker } from "../lib/ports/breaker.ts";
import type { CardProvider } from "../lib/ports/card-provider.ts";
import type { Clock } from "../lib/ports/clock.ts";
import type { PaymentStore } from "../lib/ports/payment-store.ts";
import type { Switches } from "../lib/ports/switches.ts";
import { loadAndResume } from "../lib/saga/load-payment.ts";
import {
  afterIntent,
  answerTo,
  assertAvailable,
  assertPivotAllowed,
  beforeIntent,
  successOf,
} from "../lib/saga/money-step.ts";
import { recordCapture } from "../lib/saga/record-capture.ts";

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
    const payment = await loadAndResume(payments, { payment_id, execution });
    if (isDone(payment, STEP)) return;
    const { authorization_id } = payment;
    if (!authorization_id) throw new InvariantBroken("there is no authorization to capture");
    await beforeIntent(payments, payment, { execution, step: STEP }, async () => {
      await assertAvailable(breaker, provider.nature.name);
      await assertPivotAllowed(switches, payment.rail, STEP);
    });
    const guard: Guard = { execution, step: STEP };
    const { earlier } = await payments.mark(payment_id, "intent", STEP, {
      ...guard,
      refusedIfCancelRequested: true,
    });
    await afterIntent(async () => {
      const key = providerKey(payment_id, "capture");
      const send = () => provider.capture({ ...payment, key, authorization_id });
      const asked = { operation: "capture", earlier, send } as const;
      const answer = await answerTo({ provider, breaker, clock }, payment, asked);
      const refusal = (message: string) => new CaptureDeclined(message);
      const { id } = await successOf(payments, payment, answer, { step: STEP, guard, refusal });
      await recordCapture(payments, clock, payment, id, guard);
    });
  };
