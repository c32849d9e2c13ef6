// Finds out whether an uncertain purchase of USDC happened. Its polls also wait for a ramp that
// settles later. It writes no mark: the undo forbids a purchase that has not happened by then.
import type { SagaInput } from "../lib/contracts/types.ts";
import { type Guard, objectionTo } from "../lib/domain/guard.ts";
import { isDone } from "../lib/domain/payment.ts";
import { OutcomeAbsent, OutcomePending } from "../lib/errors/registry.ts";
import type { Breaker } from "../lib/ports/breaker.ts";
import type { Clock } from "../lib/ports/clock.ts";
import type { PaymentStore } from "../lib/ports/payment-store.ts";
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
    const payment = await loadPayment(payments, payment_id);
    const guard: Guard = { execution, acceptsUnclaimed: true };
    const objection = objectionTo(guard, payment);
    if (objection) throw objection;
    // The tombstone is read before the result: what was bought may have been sold back since.
    if (payment.marks.tombstone[RESOLVES] !== undefined)
      throw new OutcomeAbsent("the undo of on-ramp has begun");
    if (isDone(payment, RESOLVES)) return;
    if (payment.marks.intent[RESOLVES] === undefined)
      throw new OutcomeAbsent("no purchase was ever intended");
    const answer = await queryOutcome(ports, payment, "on_ramp");
    if (answer.outcome === "succeeded") {
      const quote = await quoteOf(quotes, payment);
      await recordOnRamp(payments, payment, quote, answer, guard);
      return;
    }
    if (answer.outcome === "refused") {
      const failure = { code: "OnRampDeclined", message: answer.message, step: RESOLVES };
      await payments.recordFailure(payment_id, failure, guard);
    }
    const undecided = answer.outcome === "pending" || answer.outcome === "unknown";
    throw new (undecided ? OutcomePending : OutcomeAbsent)(`on-ramp ${describeAnswer(answer)}`);
  };
