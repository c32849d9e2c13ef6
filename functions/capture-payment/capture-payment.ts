// Captures the held amount: the pivot of the card rail. It completes the payment, and nothing
// undoes it afterwards.
import type { PaymentRecord } from "../lib/domain/payment.ts";
import { questionOf } from "../lib/domain/question.ts";
import { CaptureDeclined, InvariantBroken, UndoStarted } from "../lib/errors/registry.ts";
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
  buildsOn: "authorize-payment",
  needs: (_, payment) => ({ authorization_id: authorizationOf(payment) }),
  mayBegin: [providerAnswers, pivotsAreAllowed("card")],
  asks: (payment) => questionOf(payment, "capture"),
  send: ({ provider }, { payment, key, needs }) => provider.capture({ ...payment, key, ...needs }),
  record: ({ payments, clock }, { payment, guard }, { id }) =>
    recordCapture(payments, clock, payment, id, guard),
});

/** What is held, and nobody has begun to release or said that it is not. */
function authorizationOf({ authorization_id, marks }: PaymentRecord): string {
  if (!authorization_id) throw new InvariantBroken("there is no authorization to capture");
  if (marks.tombstone["authorize-payment"] !== undefined)
    throw new UndoStarted("the undo of authorize-payment has begun");
  return authorization_id;
}
