// Holds the amount at the card provider.
import type { SagaInput } from "../lib/contracts/types.ts";
import { type Guard, isDone, objectionTo, type PaymentRecord } from "../lib/domain/payment.ts";
import { providerKey } from "../lib/domain/steps.ts";
import { CardDeclined, OutcomeUnknown, UndoStarted } from "../lib/errors/registry.ts";
import type { Breaker } from "../lib/ports/breaker.ts";
import type { CardProvider, ProviderAnswer } from "../lib/ports/card-provider.ts";
import type { Clock } from "../lib/ports/clock.ts";
import type { PaymentStore } from "../lib/ports/payment-store.ts";
import { assertAvailable } from "../lib/saga/availability.ts";
import { loadPayment } from "../lib/saga/load.ts";
import { afterIntent, askThenSend } from "../lib/saga/provider-call.ts";
import { reportAnswer } from "../lib/saga/report-answer.ts";
import { toldBy } from "../lib/saga/told.ts";

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
    await assertAvailable(breaker, provider, payment, STEP);
    const { earlier } = await payments.mark(payment_id, "intent", STEP, { ...guard, heedsCancel: true });
    await afterIntent(async () => {
      const { created_at: acceptedAt } = payment;
      const key = providerKey(payment_id, "authorize");
      const send = () => provider.authorize({ ...payment, key });
      const fact = payment.facts?.authorize;
      const told = toldBy(fact);
      const answer = told ?? (await askThenSend({ provider, key, earlier, fact, acceptedAt, clock, send }));
      if (!told) await reportAnswer(breaker, provider, payment, answer);
      await settle(payments, payment, answer, guard);
    });
  };

async function settle(
  payments: PaymentStore,
  payment: PaymentRecord,
  answer: ProviderAnswer,
  guard: Guard,
): Promise<void> {
  if (answer.outcome === "refused") {
    const failure = { code: "CardDeclined", message: answer.message, step: STEP };
    await payments.recordFailure(payment.payment_id, failure, guard);
    throw new CardDeclined(answer.message);
  }
  if (answer.outcome === "tombstoned")
    throw new UndoStarted("the provider keeps a tombstone for this authorization");
  if (answer.outcome !== "succeeded") throw new OutcomeUnknown(`authorization ${answer.outcome}`);
  const { amount, currency } = payment;
  await payments.commit(payment, {
    guard,
    step: STEP,
    status: "PROCESSING",
    changes: { authorization_id: answer.id },
    event: {
      type: "payment.authorized",
      data: { authorization_id: answer.id, amount: Number(amount), currency },
    },
    journals: [],
    achieves: { done: STEP },
  });
}
