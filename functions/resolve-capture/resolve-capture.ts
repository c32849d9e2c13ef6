// Finds out whether an uncertain capture happened. It first forbids any further capture, on our side and the provider's, so
// that "absent" can only be said when the effect can no longer happen.
import type { SagaInput } from "../lib/contracts/types.ts";
import { type Guard, isDone, type PaymentRecord } from "../lib/domain/payment.ts";
import { providerKey } from "../lib/domain/steps.ts";
import { OutcomeAbsent, OutcomePending } from "../lib/errors/registry.ts";
import type { Breaker } from "../lib/ports/breaker.ts";
import type { CardProvider, ProviderAnswer } from "../lib/ports/card-provider.ts";
import type { Clock } from "../lib/ports/clock.ts";
import type { PaymentStore } from "../lib/ports/payment-store.ts";
import { isSpent } from "../lib/saga/in-flight.ts";
import { takeUpPayment } from "../lib/saga/load.ts";
import { recordCapture } from "../lib/saga/record-capture.ts";
import { reportAnswer } from "../lib/saga/report-answer.ts";
import { despite, toldBy } from "../lib/saga/told.ts";

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
  ({ payments, provider, breaker, clock }: Ports) =>
  async ({ payment_id, execution }: SagaInput): Promise<void> => {
    const guard: Guard = { execution, acceptsUnclaimed: true };
    const loaded = await takeUpPayment(payments, { payment_id, execution });
    if (isDone(loaded, PIVOT)) return;
    const { payment } = await payments.mark(payment_id, "tombstone", PIVOT, guard);
    if (isDone(payment, PIVOT)) return;
    const intended = payment.marks.intent[PIVOT];
    if (intended === undefined) throw new OutcomeAbsent("no capture was ever intended");
    const fact = loaded.facts?.capture;
    const answer = toldBy(fact) ?? despite(fact, await ask({ provider, breaker }, loaded));
    if (answer.outcome === "succeeded") return recordCapture(payments, clock, payment, answer.id, guard);
    if (answer.outcome === "refused") {
      const failure = { code: "CaptureDeclined", message: answer.message, step: PIVOT };
      await payments.recordFailure(payment_id, failure, guard);
    }
    throw verdictOn(answer, isSpent(intended, provider, clock));
  };

/** Asks in a way that settles an unseen capture, where the provider can promise that. */
async function ask(
  { provider, breaker }: Pick<Ports, "provider" | "breaker">,
  payment: PaymentRecord,
): Promise<ProviderAnswer> {
  const { payment_id } = payment;
  const key = providerKey(payment_id, "capture");
  const answer = await (provider.nature.tombstones
    ? provider.tombstone(key, payment_id)
    : provider.find(key));
  await reportAnswer(breaker, provider, payment, answer);
  return answer;
}

/** Absent only when it can no longer happen: refused, promised never to, or unseen for longer than a request lives. */
function verdictOn(answer: ProviderAnswer, spent: boolean): Error {
  const impossible = answer.outcome === "refused" || answer.outcome === "tombstoned";
  if (impossible || (answer.outcome === "absent" && spent))
    return new OutcomeAbsent(`capture ${answer.outcome}`);
  return new OutcomePending(`capture ${answer.outcome}`);
}
