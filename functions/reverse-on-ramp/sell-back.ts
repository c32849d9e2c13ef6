// The sale that takes a purchase of USDC back, and the transaction that records it.
import { convertedAmount, reversedOnRampJournal } from "../lib/domain/conversion-journals.ts";
import type { Guard } from "../lib/domain/guard.ts";
import type { PaymentRecord } from "../lib/domain/payment.ts";
import { type Terms, TRANSIT_CURRENCY } from "../lib/domain/quote.ts";
import { providerKey } from "../lib/domain/saga-definition.ts";
import { InvariantBroken, OutcomeUnknown, UndoRefused } from "../lib/errors/registry.ts";
import type { Breaker } from "../lib/ports/breaker.ts";
import type { PaymentStore } from "../lib/ports/payment-store.ts";
import type { ProviderAnswer } from "../lib/ports/provider.ts";
import type { QuoteStore } from "../lib/ports/quote-store.ts";
import type { OnRampProvider } from "../lib/ports/ramp-provider.ts";
import { quoteOf } from "../lib/saga/conversion-terms.ts";
import { describeAnswer, outcomeFromFact, reportAnswer } from "../lib/saga/provider-outcome.ts";

type Ports = {
  payments: PaymentStore;
  quotes: QuoteStore;
  provider: OnRampProvider;
  breaker: Breaker;
};

/**
 * Sells the USDC of the purchase at the market's price. Returns what the sale brought, in the minor
 * unit of the source currency. `earlier` is when an earlier try set the same tombstone: that try
 * may have sold. Sending again is safe even after the key expired: the provider takes a purchase
 * back only once, under any key. Throws UndoRefused or OutcomeUnknown.
 */
export async function sellBack(
  ports: Ports,
  payment: PaymentRecord,
  earlier: number | undefined,
): Promise<bigint> {
  const { quotes, provider } = ports;
  const { payment_id, metadata, on_ramp_tx_id, facts } = payment;
  if (on_ramp_tx_id === undefined) throw new InvariantBroken("a sale of what was never bought");
  const reported = outcomeFromFact(facts?.reverse_on_ramp);
  if (reported?.outcome === "succeeded") return proceedsOf(reported);
  const { transit_amount, currency } = await quoteOf(quotes, payment);
  const key = providerKey(payment_id, "reverse_on_ramp");
  const send = () =>
    provider.reverseOnRamp({
      key,
      payment_id,
      on_ramp_tx_id,
      amount: transit_amount,
      currency: TRANSIT_CURRENCY,
      receive_currency: currency,
      ...(metadata ? { metadata } : {}),
    });
  const found = earlier === undefined ? undefined : await provider.find(key);
  // A refused undo is not final: the same key may try again, and the refusal may be an older one.
  const isOpen = found === undefined || found.outcome === "absent" || found.outcome === "refused";
  const answer = isOpen ? await send() : found;
  await reportAnswer(ports, payment, answer);
  return proceedsOf(answer);
}

function proceedsOf(answer: ProviderAnswer): bigint {
  if (answer.outcome === "refused") throw new UndoRefused(answer.message);
  if (answer.outcome !== "succeeded") throw new OutcomeUnknown(`reversal ${describeAnswer(answer)}`);
  if (answer.received === undefined) throw new InvariantBroken("a sale that does not say what it brought");
  return answer.received;
}

/** `received` is what the sale brought; undefined where nothing was bought: nothing is posted. */
export async function recordReversal(
  { payments, quotes }: Ports,
  payment: PaymentRecord,
  received: bigint | undefined,
  guard: Guard,
): Promise<void> {
  const sale = received === undefined ? undefined : saleOf(payment, await quoteOf(quotes, payment), received);
  await payments.commit(payment, {
    guard,
    step: "reverse-on-ramp",
    status: "PROCESSING",
    changes: {},
    event: { type: "payment.on_ramp_reversed", data: sale?.data ?? {} },
    journals: [...(sale ? [sale.journal] : [])],
    leavesTransit: true,
    achieves: { undone: "on-ramp" },
  });
}

function saleOf(payment: PaymentRecord, terms: Terms, received: bigint) {
  const journal = reversedOnRampJournal(payment, terms, received);
  const data = {
    ...(payment.on_ramp_tx_id ? { on_ramp_tx_id: payment.on_ramp_tx_id } : {}),
    journal_id: journal.journal_id,
    currency: terms.currency,
    received: Number(received),
    cost: Number(convertedAmount(terms) - received),
  };
  return { data, journal };
}
