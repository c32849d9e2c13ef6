// The sale that takes a purchase of USDC back, and the transaction that records it.
import { convertedAmount, reversedOnRampJournal } from "../lib/domain/conversion-journals.ts";
import type { Guard } from "../lib/domain/guard.ts";
import type { PaymentRecord } from "../lib/domain/payment.ts";
import { asAsked } from "../lib/domain/provider-answer.ts";
import { questionOf, reversalOf } from "../lib/domain/question.ts";
import type { Terms } from "../lib/domain/quote.ts";
import { providerKey } from "../lib/domain/saga-definition.ts";
import { InvariantBroken, OutcomeUnknown, UndoRefused } from "../lib/errors/registry.ts";
import type { ProviderAnswer } from "../lib/ports/provider.ts";
import type { QuoteStore } from "../lib/ports/quote-store.ts";
import type { OnRampProvider } from "../lib/ports/ramp-provider.ts";
import { quoteOf } from "../lib/saga/conversion-terms.ts";
import {
  type Asked,
  describeAnswer,
  differing,
  outcomeTold,
  type ProviderPorts,
  reportAnswer,
} from "../lib/saga/provider-outcome.ts";

type Ports = ProviderPorts & { quotes: QuoteStore; provider: OnRampProvider };

/**
 * Sells the USDC of the purchase at the market's price. Returns what the sale brought, in the minor
 * unit of the source currency. `earlier` is when an earlier try set the same tombstone: that try
 * may have sold. Sending again is safe even after the key expired: the provider takes a purchase
 * back only once, under any key. Throws UndoRefused, OutcomeUnknown,
 * AnswerDiffers or ContradictionStands.
 */
export async function sellBack(
  ports: Ports,
  payment: PaymentRecord,
  earlier: number | undefined,
): Promise<bigint> {
  const { quotes, provider } = ports;
  const { payment_id, metadata, on_ramp_tx_id } = payment;
  if (on_ramp_tx_id === undefined) throw new InvariantBroken("a sale of what was never bought");
  const quote = await quoteOf(quotes, payment);
  const question = questionOf(payment, "reverse_on_ramp", quote);
  const asked = { payment, operation: "reverse_on_ramp", question } as const;
  const told = await outcomeTold(ports, asked);
  if (told?.outcome === "succeeded") return proceedsOf(ports, asked, told);
  const key = providerKey(payment_id, "reverse_on_ramp");
  const send = () =>
    provider.reverseOnRamp({
      key,
      payment_id,
      on_ramp_tx_id,
      ...reversalOf(quote),
      ...(metadata ? { metadata } : {}),
    });
  const found = earlier === undefined ? undefined : await provider.find(key);
  // A refused undo is not final: the same key may try again, and the refusal may be an older one.
  const isOpen = found === undefined || found.outcome === "absent" || found.outcome === "refused";
  // No denial is read here: whatever an old key says, a purchase is taken back once.
  const answer = isOpen ? await send() : found;
  await reportAnswer(ports, payment, answer);
  return proceedsOf(ports, asked, asAsked(question, answer));
}

async function proceedsOf(ports: Ports, asked: Asked, answer: ProviderAnswer): Promise<bigint> {
  if (answer.outcome === "differs") throw await differing(ports, asked, answer);
  if (answer.outcome === "refused") throw new UndoRefused(answer.message);
  if (answer.outcome === "rejected") throw new UndoRefused(describeAnswer(answer));
  if (answer.outcome !== "succeeded") throw new OutcomeUnknown(`reversal ${describeAnswer(answer)}`);
  if (answer.received === undefined) throw new InvariantBroken("a sale that does not say what it brought");
  return answer.received;
}

/** `received` is what the sale brought; undefined where nothing was bought: nothing is posted. */
export async function recordReversal(
  { payments, quotes }: Pick<Ports, "payments" | "quotes">,
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
