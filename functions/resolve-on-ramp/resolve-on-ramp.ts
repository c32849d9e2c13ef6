// Finds out whether an uncertain purchase of USDC happened. Its polls also wait for a ramp that
// settles later. It writes no mark: the undo forbids a purchase that has not happened by then.
import type { SagaInput } from "../lib/contracts/types.ts";
import { type Guard, objectionTo } from "../lib/domain/guard.ts";
import { isDone, type PaymentRecord } from "../lib/domain/payment.ts";
import { questionOf } from "../lib/domain/question.ts";
import { OutcomeAbsent, OutcomePending } from "../lib/errors/registry.ts";
import type { Breaker } from "../lib/ports/breaker.ts";
import type { Clock } from "../lib/ports/clock.ts";
import type { PaymentStore } from "../lib/ports/payment-store.ts";
import type { ProviderAnswer } from "../lib/ports/provider.ts";
import type { QuoteStore } from "../lib/ports/quote-store.ts";
import type { OnRampProvider } from "../lib/ports/ramp-provider.ts";
import { quoteOf } from "../lib/saga/conversion-terms.ts";
import { loadPayment } from "../lib/saga/load-payment.ts";
import { describeAnswer, queryOutcome } from "../lib/saga/provider-outcome.ts";
import { recordOnRamp } from "../lib/saga/record-conversion.ts";

const RESOLVES = "on-ramp";
export const throws = [
  "OutcomeAbsent",
  "OutcomePending",
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

export const resolveOnRamp =
  (ports: Ports) =>
  async ({ payment_id, execution }: SagaInput): Promise<void> => {
    const { payments, quotes } = ports;
    const payment = await loadPayment(payments, { payment_id, execution });
    const guard: Guard = { execution, acceptsUnclaimed: true };
    const objection = objectionTo(guard, payment);
    if (objection) throw objection;
    // The tombstone is read before the result: what was bought may have been sold back since.
    if (payment.marks.tombstone[RESOLVES] !== undefined)
      throw new OutcomeAbsent("the undo of on-ramp has begun");
    if (isDone(payment, RESOLVES)) return;
    if (payment.marks.intent[RESOLVES] === undefined)
      throw new OutcomeAbsent("no purchase was ever intended");
    const quote = await quoteOf(quotes, payment);
    const question = questionOf(payment, "on_ramp", quote);
    const answer = await queryOutcome(ports, { payment, operation: "on_ramp", question });
    if (answer.outcome !== "succeeded") throw await verdictOf(ports, payment, answer, guard);
    await recordOnRamp(payments, payment, quote, answer, guard);
  };

/**
 * A refusal that is final is persisted. Any other is ruled out by the undo, which forbids the key.
 */
async function verdictOf(
  { payments, provider }: Ports,
  { payment_id }: PaymentRecord,
  answer: ProviderAnswer,
  guard: Guard,
): Promise<Error> {
  if (answer.outcome === "refused" && provider.nature.keeps_refusals) {
    const failure = { code: "OnRampDeclined", message: answer.message, step: RESOLVES };
    await payments.recordFailure(payment_id, failure, guard);
  }
  const isOpen = answer.outcome === "pending" || answer.outcome === "unknown";
  return new (isOpen ? OutcomePending : OutcomeAbsent)(`on-ramp ${describeAnswer(answer)}`);
}
