// Holds the amount at the card provider. VoidAuthorization releases it. A hold of less is recorded
// as what it is, and released.
import type { PaymentRecord } from "../lib/domain/payment.ts";
import { questionOf } from "../lib/domain/question.ts";
import { CardDeclined, PartiallyApproved } from "../lib/errors/registry.ts";
import type { CardProvider } from "../lib/ports/card-provider.ts";
import type { PaymentStore } from "../lib/ports/payment-store.ts";
import { providerAnswers } from "../lib/saga/may-begin.ts";
import { MONEY_STEP_THROWS, type MoneyStepPorts, moneyStep, type Try } from "../lib/saga/money-step.ts";

export const throws = ["CardDeclined", "PartiallyApproved", ...MONEY_STEP_THROWS] as const;

export type Ports = MoneyStepPorts & { provider: CardProvider };

export const authorizePayment = moneyStep<Ports>("authorize-payment", {
  declined: CardDeclined,
  mayBegin: [providerAnswers],
  asks: (payment) => questionOf(payment, "authorize"),
  send: ({ provider }, { payment, key }) => provider.authorize({ ...payment, key }),
  record: ({ payments }, current, { id }) =>
    recordHold(payments, current, { id, amount: current.payment.amount }),
  recordPart: async ({ payments }, current, { id, amount = 0n }) => {
    const why = new PartiallyApproved("less was approved than was asked for");
    const { name: code, message } = why;
    await recordHold(payments, current, { id, amount }, { code, message, step: current.step });
    return why;
  },
});

/** `failure` is why the payment will fail although something is held. */
const recordHold = (
  payments: PaymentStore,
  { payment, guard, step }: Try,
  { id: authorization_id, amount }: { id: string; amount: bigint },
  failure?: PaymentRecord["failure"],
) =>
  payments.commit(payment, {
    guard,
    step,
    status: "PROCESSING",
    changes: { authorization_id, ...(failure ? { failure } : {}) },
    event: {
      type: "payment.authorized",
      data: { authorization_id, amount: Number(amount), currency: payment.currency },
    },
    journals: [],
    achieves: { done: step },
  });
