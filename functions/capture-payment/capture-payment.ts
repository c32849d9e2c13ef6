// Captures the held amount: the pivot of the card rail. It completes the payment, and nothing
// undoes it afterwards.
import type { PaymentRecord } from "../lib/domain/payment.ts";
import { questionOf } from "../lib/domain/question.ts";
import { CaptureDeclined, InvariantBroken } from "../lib/errors/registry.ts";
import type { CardProvider } from "../lib/ports/card-provider.ts";
import type { Switches } from "../lib/ports/switches.ts";
import { pivotsAreAllowed, providerAnswers } from "../lib/saga/may-begin.ts";
import { MONEY_STEP_THROWS, type MoneyStepPorts, moneyStep } from "../lib/saga/money-step.ts";
import { recordCapture } from "../lib/saga/record-capture.ts";

export const throws = ["CaptureDeclined", ...MONEY_STEP_THROWS] as const;

export type Ports = MoneyStepPorts & { provider: CardProvider; switches: Switches };
type Needs = { authorization_id: string };

export const capturePayment = moneyStep<Ports, Needs>("capture-payment", {
  declined: CaptureDeclined,
  endsPayment: true,
  needs: (_, payment) => ({ authorization_id: authorizationOf(payment) }),
  mayBegin: [providerAnswers, pivotsAreAllowed],
  asks: (payment) => questionOf(payment, "capture"),
  send: ({ provider }, { payment, key, needs }) => provider.capture({ ...payment, key, ...needs }),
  record: ({ payments, clock }, { payment, guard }, { id }) =>
    recordCapture(payments, clock, payment, id, guard),
});

function authorizationOf({ authorization_id }: PaymentRecord): string {
  if (!authorization_id) throw new InvariantBroken("there is no authorization to capture");
  return authorization_id;
}
