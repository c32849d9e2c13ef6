// Holds the amount at the card provider. VoidAuthorization releases it.
import { CardDeclined } from "../lib/errors/registry.ts";
import type { CardProvider } from "../lib/ports/card-provider.ts";
import { providerAnswers } from "../lib/saga/may-begin.ts";
import { MONEY_STEP_THROWS, type MoneyStepPorts, moneyStep } from "../lib/saga/money-step.ts";

export const throws = ["CardDeclined", ...MONEY_STEP_THROWS] as const;

export type Ports = MoneyStepPorts & { provider: CardProvider };

export const authorizePayment = moneyStep<Ports>("authorize-payment", {
  declined: CardDeclined,
  mayBegin: [providerAnswers],
  send: ({ provider }, { payment, key }) => provider.authorize({ ...payment, key }),
  record: ({ payments }, { payment, guard, step }, { id: authorization_id }) => {
    const { amount, currency } = payment;
    return payments.commit(payment, {
      guard,
      step,
      status: "PROCESSING",
      changes: { authorization_id },
      event: {
        type: "payment.authorized",
        data: { authorization_id, amount: Number(amount), currency },
      },
      journals: [],
      achieves: { done: step },
    });
  },
});
