// Undoes OnRamp: the USDC that was bought under its key, or may still be, is sold back at the
// market's price. The tombstone comes first. A purchase that was never intended calls nobody, and
// one that has not happened is forbidden.
import type { SagaInput } from "../lib/contracts/types.ts";
import type { Guard } from "../lib/domain/guard.ts";
import { mayHaveHappened, openEffectOf } from "../lib/domain/open-effects.ts";
import { isDone, type PaymentRecord } from "../lib/domain/payment.ts";
import { reliedOn } from "../lib/domain/provider-fact.ts";
import { questionOf } from "../lib/domain/question.ts";
import { InvariantBroken, OutcomeUnknown } from "../lib/errors/registry.ts";
import type { Breaker } from "../lib/ports/breaker.ts";
import type { Clock } from "../lib/ports/clock.ts";
import type { PaymentStore } from "../lib/ports/payment-store.ts";
import type { QuoteStore } from "../lib/ports/quote-store.ts";
import type { OnRampProvider } from "../lib/ports/ramp-provider.ts";
import { quoteOf } from "../lib/saga/conversion-terms.ts";
import { loadPayment } from "../lib/saga/load-payment.ts";
import { afterIntent } from "../lib/saga/money-step.ts";
import { describeAnswer, forbidThenQuery } from "../lib/saga/provider-outcome.ts";
import { recordOnRamp } from "../lib/saga/record-conversion.ts";
import { hasSendWindowPassed, isImpossible } from "../lib/saga/ruled-out.ts";
import { recordReversal, sellBack } from "./sell-back.ts";

const UNDOES = "on-ramp";
export const throws = [
  "UndoRefused",
  "OutcomeUnknown",
  "AnswerDiffers",
  "ContradictionStands",
  "Superseded",
  "StoreContention",
  "StoreUnavailable",
] as const;

export type Ports = {
  payments: PaymentStore;
  quotes: QuoteStore;
  provider: OnRampProvider;
  breaker: Breaker;
  clock: Clock;
};

export const reverseOnRamp =
  (ports: Ports) =>
  async ({ payment_id, execution }: SagaInput): Promise<void> => {
    const { payments } = ports;
    const guard: Guard = { execution, acceptsUnclaimed: true };
    const { payment, earlier } = await payments.mark(payment_id, "tombstone", UNDOES, guard);
    const standing = openEffectOf(payment, UNDOES);
    if (standing) throw new InvariantBroken(`USDC is not sold back: ${standing}`);
    if (!mayHaveHappened(payment, UNDOES)) return;
    if (payment.marks.undone[UNDOES] !== undefined) return;
    await afterIntent(async () => {
      const loaded = await loadPayment(payments, { payment_id, execution });
      if (reliedOn(loaded.facts, "off_ramp")?.state === "succeeded")
        throw new InvariantBroken("the provider says that it paid out");
      const bought = await purchaseOf(ports, loaded, guard);
      const sold = bought && (await sellBack(ports, bought, earlier));
      await recordReversal(ports, bought ?? loaded, sold, guard);
    });
  };

/** The payment with its purchase recorded; undefined when nothing was or can be bought. */
async function purchaseOf(
  ports: Ports,
  payment: PaymentRecord,
  guard: Guard,
): Promise<PaymentRecord | undefined> {
  if (isDone(payment, UNDOES)) return payment;
  const { payments, quotes, provider, clock } = ports;
  const quote = await quoteOf(quotes, payment);
  const question = questionOf(payment, "on_ramp", quote);
  const answer = await forbidThenQuery(ports, { payment, operation: "on_ramp", question });
  if (answer.outcome === "succeeded") return recordOnRamp(payments, payment, quote, answer, guard);
  const intended = payment.marks.intent[UNDOES] ?? 0;
  if (isImpossible(answer, provider, hasSendWindowPassed(intended, provider, clock))) return undefined;
  throw new OutcomeUnknown(`on-ramp ${describeAnswer(answer)}`);
}
