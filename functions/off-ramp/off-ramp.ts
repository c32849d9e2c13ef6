// Pays out in the destination currency for the payment's USDC: the pivot. Once it happened the payment completes.
import type { SagaInput } from "../lib/contracts/types.ts";
import type { Guard } from "../lib/domain/guard.ts";
import { isDone, type PaymentRecord, refusalBy } from "../lib/domain/payment.ts";
import { type Quote, TRANSIT_CURRENCY } from "../lib/domain/quote.ts";
import { providerKey } from "../lib/domain/saga-definition.ts";
import { InvariantBroken, OffRampDeclined, UndoStarted } from "../lib/errors/registry.ts";
import type { Breaker } from "../lib/ports/breaker.ts";
import type { Clock } from "../lib/ports/clock.ts";
import type { PaymentStore } from "../lib/ports/payment-store.ts";
import type { QuoteStore } from "../lib/ports/quote-store.ts";
import type { OffRampProvider, RampRequest } from "../lib/ports/ramp-provider.ts";
import type { Switches } from "../lib/ports/switches.ts";
import { quoteOf } from "../lib/saga/conversion-terms.ts";
import { loadPayment } from "../lib/saga/load-payment.ts";
import {
  afterIntent,
  answerTo,
  assertAvailable,
  assertPivotAllowed,
  beforeIntent,
  successOf,
} from "../lib/saga/money-step.ts";
import { recordOffRamp } from "../lib/saga/record-conversion.ts";

const STEP = "off-ramp";
export const throws = [
  "OffRampDeclined",
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
  provider: OffRampProvider;
  breaker: Breaker;
  switches: Switches;
  clock: Clock;
};

export const offRamp =
  ({ payments, quotes, provider, breaker, switches, clock }: Ports) =>
  async ({ payment_id, execution }: SagaInput): Promise<void> => {
    const payment = await loadPayment(payments, payment_id);
    if (isDone(payment, STEP)) return;
    assertHeld(payment);
    const refusal = refusalBy(payment, STEP);
    if (refusal) throw refusal;
    await beforeIntent(payments, payment, { execution, step: STEP }, async () => {
      await assertAvailable(breaker, provider.nature.name);
      await assertPivotAllowed(switches, payment.rail, STEP);
    });
    const quote = await quoteOf(quotes, payment);
    const guard: Guard = { execution, step: STEP };
    const intent: Guard = { ...guard, refusedIfCancelRequested: true, firstIntentOf: STEP };
    const { earlier } = await payments.mark(payment_id, "intent", STEP, intent);
    await afterIntent(async () => {
      const send = () => provider.offRamp(requestOf(payment, quote));
      const asked = { operation: "off_ramp", earlier, send } as const;
      const answer = await answerTo({ provider, breaker, clock }, payment, asked);
      const refusal = (message: string) => new OffRampDeclined(message);
      const paid = await successOf(payments, payment, answer, { step: STEP, guard, refusal });
      await recordOffRamp(payments, payment, quote, paid, guard);
    });
  };

/** There is USDC to sell, and nobody has begun to sell it back. */
function assertHeld({ on_ramp_tx_id, marks }: PaymentRecord): void {
  if (!on_ramp_tx_id) throw new InvariantBroken("there is no USDC to pay out");
  if (marks.tombstone["on-ramp"] !== undefined) throw new UndoStarted("the undo of on-ramp has begun");
}

const requestOf = ({ payment_id, metadata }: PaymentRecord, quote: Quote): RampRequest => ({
  key: providerKey(payment_id, "off_ramp"),
  payment_id,
  amount: quote.transit_amount,
  currency: TRANSIT_CURRENCY,
  receive_amount: quote.payout_amount,
  receive_currency: quote.destination_currency,
  ...(metadata ? { metadata } : {}),
});
