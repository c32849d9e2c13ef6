// The last posting of a conversion: from the payout to the destination account, with our fee, our
// spread and the residue of rounding. The value has left for good, so that nothing undoes this
// posting: it is retried until it works.
import { settledJournal } from "../lib/domain/conversion-journals.ts";
import { isDone, type PaymentRecord } from "../lib/domain/payment.ts";
import { InvariantBroken } from "../lib/errors/registry.ts";
import type { Clock } from "../lib/ports/clock.ts";
import type { PaymentStore } from "../lib/ports/payment-store.ts";
import type { QuoteStore } from "../lib/ports/quote-store.ts";
import { quoteOf } from "../lib/saga/conversion-terms.ts";
import { resumeIfParked } from "../lib/saga/load-payment.ts";

const STEP = "post-ledger";
export const throws = ["ContradictionStands", "Superseded", "StoreContention", "StoreUnavailable"] as const;

export type SettlementPorts = { payments: PaymentStore; quotes: QuoteStore; clock: Clock };

export const settleConversion =
  ({ payments, quotes, clock }: SettlementPorts) =>
  async (loaded: PaymentRecord, execution: string): Promise<void> => {
    if (!isDone(loaded, "off-ramp")) throw new InvariantBroken("nothing was paid out for this payment");
    const payment = await resumeIfParked(payments, loaded, execution);
    const quote = await quoteOf(quotes, payment);
    const settled = settledJournal(payment, quote);
    const { source_amount, currency, fee, destination_amount, destination_currency } = quote;
    await payments.commit(payment, {
      guard: { execution },
      step: STEP,
      status: "COMPLETED",
      changes: { fee, destination_amount, processed_at: new Date(clock.now()).toISOString() },
      event: {
        type: "payment.completed",
        data: {
          journal_id: settled.journal_id,
          amount: Number(source_amount),
          currency,
          fee: Number(fee),
          destination_amount: Number(destination_amount),
          destination_currency,
        },
      },
      journals: [settled],
      achieves: { done: STEP },
    });
  };
