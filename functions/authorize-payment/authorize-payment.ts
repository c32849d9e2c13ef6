// Holds the amount at the card provider.
import type { SagaInput } from "../lib/contracts/types.ts";
import { type Guard, objectionTo } from "../lib/domain/guard.ts";
import { isDone, type PaymentRecord } from "../lib/domain/payment.ts";
import { providerKey } from "../lib/domain/saga-definition.ts";
import { CardDeclined } from "../lib/errors/registry.ts";
import type { Breaker } from "../lib/ports/breaker.ts";
import type { CardProvider } from "../lib/ports/card-provider.ts";
import type { Clock } from "../lib/ports/clock.ts";
import type { PaymentStore } from "../lib/ports/payment-store.ts";
import { loadPayment } from "../lib/saga/load-payment.ts";
import { afterIntent, answerTo, assertAvailable, beforeIntent, successOf } from "../lib/saga/money-step.ts";

const STEP = "authorize-payment";
export const throws = [
  "CardDeclined",
  "ProviderUnavailable",
  "CancelRequested",
  "UndoStarted",
  "Superseded",
  "OutcomeUnknown",
  "StoreContention",
  "StoreUnavailable",
] as const;

export type Ports = { payments: PaymentStore; provider: CardProvider; breaker: Breaker; clock: Clock };

export const authorizePayment =
  ({ payments, provider, breaker, clock }: Ports) =>
  async ({ payment_id, execution }: SagaInput): Promise<void> => {
    const payment = await loadPayment(payments, payment_id);
    const guard: Guard = { execution, step: STEP };
    // Before its own result: a later attempt that finds the authorization made and its undo begun must not go forward.
    const objection = objectionTo(guard, payment);
    if (objection) throw objection;
    if (isDone(payment, STEP)) return;
    await beforeIntent(payments, payment, { execution, step: STEP }, () =>
      assertAvailable(breaker, provider.nature.name),
    );
    const { earlier } = await payments.mark(payment_id, "intent", STEP, {
      ...guard,
      refusedIfCancelRequested: true,
    });
    await afterIntent(async () => {
      const send = () => provider.authorize({ ...payment, key: providerKey(payment_id, "authorize") });
      const asked = { operation: "authorize", earlier, send } as const;
      const answer = await answerTo({ provider, breaker, clock }, payment, asked);
      const refusal = (message: string) => new CardDeclined(message);
      const { id } = await successOf(payments, payment, answer, { step: STEP, guard, refusal });
      await recordAuthorization(payments, payment, id, guard);
    });
  };

async function recordAuthorization(
  payments: PaymentStore,
  payment: PaymentRecord,
  authorization_id: string,
  guard: Guard,
): Promise<void> {
  const { amount, currency } = payment;
  await payments.commit(payment, {
    guard,
    step: STEP,
    status: "PROCESSING",
    changes: { authorization_id },
    event: {
      type: "payment.authorized",
      data: { authorization_id, amount: Number(amount), currency },
    },
    journals: [],
    achieves: { done: STEP },
  });
}
