// Buys the USDC that carries the payment's value. ReverseOnRamp sells it back. Nothing is bought
// after the execution window, because the rate is promised for no longer. Nothing is bought either
// while it could not be paid out.
import { purchaseOf, questionOf } from "../lib/domain/question.ts";
import { EXECUTION_WINDOW_MS, isExecutionWindowOver, type Quote } from "../lib/domain/quote.ts";
import { OFF_RAMP_PROVIDER } from "../lib/domain/saga-definition.ts";
import { OnRampDeclined, ProviderUnavailable, QuoteExpired } from "../lib/errors/registry.ts";
import type { ProviderAnswer } from "../lib/ports/provider.ts";
import type { QuoteStore } from "../lib/ports/quote-store.ts";
import type { OnRampProvider, RampRequest } from "../lib/ports/ramp-provider.ts";
import type { Switches } from "../lib/ports/switches.ts";
import { quoteOf } from "../lib/saga/conversion-terms.ts";
import { pivotsAreAllowed, providerAnswers } from "../lib/saga/may-begin.ts";
import {
  type Condition,
  type Lapse,
  MONEY_STEP_THROWS,
  type MoneyStepPorts,
  moneyStep,
  type Try,
} from "../lib/saga/money-step.ts";
import { recordOnRamp } from "../lib/saga/record-conversion.ts";
import { refuse } from "../lib/saga/record-refusal.ts";

export const throws = ["QuoteExpired", "OnRampDeclined", ...MONEY_STEP_THROWS] as const;

export type Ports = MoneyStepPorts & { quotes: QuoteStore; provider: OnRampProvider; switches: Switches };
type Needs = { quote: Quote; isLate: boolean };

const assertInTime: Lapse<Ports, Needs> = async ({ payments }, { payment, guard, step, needs }) => {
  if (!needs.isLate) return;
  const expired = new QuoteExpired("the rate was fixed for 15 minutes, and nothing was bought in them");
  await refuse(payments, payment, step, expired, {
    ...guard,
    refusedIfCancelRequested: true,
    decides: step,
  });
};

/**
 * The off-ramp must answer too, because selling back is at our loss. After an outage only its
 * probes are admitted, so that purchases go on one by one: value that all of them bought would wait
 * there.
 */
const isPayable: Condition<Ports> = async ({ breaker }) => {
  if (!(await breaker.admits(OFF_RAMP_PROVIDER)))
    throw new ProviderUnavailable(`${OFF_RAMP_PROVIDER} is not answering`);
};

export const onRamp = moneyStep<Ports, Needs>("on-ramp", {
  declined: OnRampDeclined,
  needs: async ({ quotes, clock }, payment) => {
    const quote = await quoteOf(quotes, payment);
    return { quote, isLate: isExecutionWindowOver(quote, payment, clock) };
  },
  asks: (payment, { quote }) => questionOf(payment, "on_ramp", quote),
  // The window opens when the payment is accepted, or later.
  mayLapse: { after: EXECUTION_WINDOW_MS, assertInTime },
  mayBegin: [providerAnswers, pivotsAreAllowed("stablecoin"), isPayable],
  send: async ({ provider }, current) => (current.needs.isLate ? LATE : provider.onRamp(requestOf(current))),
  record: ({ payments }, { payment, guard, needs }, bought) =>
    recordOnRamp(payments, payment, needs.quote, bought, guard),
});

const LATE: ProviderAnswer = {
  outcome: "unknown",
  message: "the execution window is over, so it is not sent again",
};

const requestOf = ({ key, payment, needs: { quote } }: Try<Needs>): RampRequest => ({
  key,
  payment_id: payment.payment_id,
  ...purchaseOf(quote),
  ...(payment.metadata ? { metadata: payment.metadata } : {}),
});
