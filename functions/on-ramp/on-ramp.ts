// Buys the USDC that carries the payment's value. After the execution window nothing is sent any more: the rate was promised for no longer.
import type { SagaInput } from "../lib/contracts/types.ts";
import { convertedAmount } from "../lib/domain/conversion-journals.ts";
import { type Guard, objectionTo } from "../lib/domain/guard.ts";
import { isDone, type PaymentRecord, refusalBy } from "../lib/domain/payment.ts";
import { isExecutionWindowOver, type Quote, TRANSIT_CURRENCY } from "../lib/domain/quote.ts";
import { OFF_RAMP_PROVIDER, providerKey } from "../lib/domain/saga-definition.ts";
import { OnRampDeclined, ProviderUnavailable, QuoteExpired } from "../lib/errors/registry.ts";
import type { Breaker } from "../lib/ports/breaker.ts";
import type { Clock } from "../lib/ports/clock.ts";
import type { PaymentStore } from "../lib/ports/payment-store.ts";
import type { ProviderAnswer } from "../lib/ports/provider.ts";
import type { QuoteStore } from "../lib/ports/quote-store.ts";
import type { OnRampProvider, RampRequest } from "../lib/ports/ramp-provider.ts";
import type { Switches } from "../lib/ports/switches.ts";
import { quoteOf } from "../lib/saga/conversion-terms.ts";
import { loadPayment } from "../lib/saga/load-payment.ts";
import {
  afterIntent,
  answerTo,
  assertAvailable,
  assertPivotAllowed,
  beforeIntent,
  refuse,
  successOf,
} from "../lib/saga/money-step.ts";
import { recordOnRamp } from "../lib/saga/record-conversion.ts";

const STEP = "on-ramp";
export const throws = [
  "QuoteExpired",
  "OnRampDeclined",
  "ProviderUnavailable",
  "CancelRequested",
  "UndoStarted",
  "Superseded",
  "OutcomeUnknown",
  "StoreContention",
  "StoreUnavailable",
] as const;

export type Ports = {
  payments: PaymentStore;
  quotes: QuoteStore;
  provider: OnRampProvider;
  breaker: Breaker;
  switches: Switches;
  clock: Clock;
};

export const onRamp =
  ({ payments, quotes, provider, breaker, switches, clock }: Ports) =>
  async ({ payment_id, execution }: SagaInput): Promise<void> => {
    const payment = await loadPayment(payments, payment_id);
    const guard: Guard = { execution, step: STEP };
    // Before its own result: a later attempt that finds the USDC bought and its sale begun must not go forward.
    const objection = objectionTo(guard, payment);
    if (objection) throw objection;
    if (isDone(payment, STEP)) return;
    const refusal = refusalBy(payment, STEP);
    if (refusal) throw refusal;
    const quote = await quoteOf(quotes, payment);
    const overdue = isExecutionWindowOver(quote, payment, clock);
    if (overdue && payment.marks.intent[STEP] === undefined) await expire(payments, payment, guard);
    // Nothing is bought that could not be paid out: selling it back is at our loss.
    await beforeIntent(payments, payment, { execution, step: STEP }, async () => {
      await assertAvailable(breaker, provider.nature.name);
      await assertPivotAllowed(switches, payment.rail, STEP);
      await assertPayable(breaker);
    });
    const intent: Guard = { ...guard, refusedIfCancelRequested: true, firstIntentOf: STEP };
    const { earlier } = await payments.mark(payment_id, "intent", STEP, intent);
    await afterIntent(async () => {
      const send = () => (overdue ? LATE : provider.onRamp(requestOf(payment, quote)));
      const asked = { operation: "on_ramp", earlier, send } as const;
      const answer = await answerTo({ provider, breaker, clock }, payment, asked);
      const refusal = (message: string) => new OnRampDeclined(message);
      const bought = await successOf(payments, payment, answer, { step: STEP, guard, refusal });
      await recordOnRamp(payments, payment, quote, bought, guard);
    });
  };

const LATE: Promise<ProviderAnswer> = Promise.resolve({
  outcome: "unknown",
  message: "the execution window is over, so it is not sent again",
});

/** Where the off-ramp is only tried again, those that wait for it go one by one, as sagas do: what each of them buys waits there. */
async function assertPayable(breaker: Breaker): Promise<void> {
  if (!(await breaker.admits(OFF_RAMP_PROVIDER)))
    throw new ProviderUnavailable(`${OFF_RAMP_PROVIDER} is not answering`);
}

function expire(payments: PaymentStore, payment: PaymentRecord, guard: Guard): Promise<never> {
  const expired = new QuoteExpired("the rate was fixed for 15 minutes, and nothing was bought in them");
  return refuse(payments, payment, STEP, expired, {
    ...guard,
    refusedIfCancelRequested: true,
    decides: STEP,
  });
}

const requestOf = ({ payment_id, metadata }: PaymentRecord, quote: Quote): RampRequest => ({
  key: providerKey(payment_id, "on_ramp"),
  payment_id,
  amount: convertedAmount(quote),
  currency: quote.currency,
  receive_amount: quote.transit_amount,
  receive_currency: TRANSIT_CURRENCY,
  ...(metadata ? { metadata } : {}),
});
