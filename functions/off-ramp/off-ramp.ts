// Pays out in the destination currency for the payment's USDC: the pivot of the stablecoin rail.
// After the payout the payment can only complete.
import type { PaymentRecord } from "../lib/domain/payment.ts";
import { payoutOf, questionOf } from "../lib/domain/question.ts";
import type { Quote } from "../lib/domain/quote.ts";
import { InvariantBroken, OffRampDeclined, UndoStarted } from "../lib/errors/registry.ts";
import type { QuoteStore } from "../lib/ports/quote-store.ts";
import type { OffRampProvider, RampRequest } from "../lib/ports/ramp-provider.ts";
import type { Switches } from "../lib/ports/switches.ts";
import { quoteOf } from "../lib/saga/conversion-terms.ts";
import { pivotsAreAllowed, providerAnswers } from "../lib/saga/may-begin.ts";
import { MONEY_STEP_THROWS, type MoneyStepPorts, moneyStep, type Try } from "../lib/saga/money-step.ts";
import { recordOffRamp } from "../lib/saga/record-conversion.ts";

export const throws = ["OffRampDeclined", ...MONEY_STEP_THROWS] as const;

export type Ports = MoneyStepPorts & { quotes: QuoteStore; provider: OffRampProvider; switches: Switches };
type Needs = { quote: Quote };

export const offRamp = moneyStep<Ports, Needs>("off-ramp", {
  declined: OffRampDeclined,
  buildsOn: "on-ramp",
  needs: async ({ quotes }, payment) => {
    assertHoldsUsdc(payment);
    return { quote: await quoteOf(quotes, payment) };
  },
  asks: (payment, { quote }) => questionOf(payment, "off_ramp", quote),
  mayBegin: [providerAnswers, pivotsAreAllowed("stablecoin")],
  send: ({ provider }, current) => provider.offRamp(requestOf(current)),
  record: ({ payments }, { payment, guard, needs }, paid) =>
    recordOffRamp(payments, payment, needs.quote, paid, guard),
});

/** The payment has USDC to pay out from, and nobody has begun to sell it back. */
function assertHoldsUsdc({ on_ramp_tx_id, marks }: PaymentRecord): void {
  if (!on_ramp_tx_id) throw new InvariantBroken("there is no USDC to pay out");
  if (marks.tombstone["on-ramp"] !== undefined) throw new UndoStarted("the undo of on-ramp has begun");
}

const requestOf = ({ key, payment, needs: { quote } }: Try<Needs>): RampRequest => ({
  key,
  payment_id: payment.payment_id,
  ...payoutOf(quote),
  ...(payment.metadata ? { metadata: payment.metadata } : {}),
});
