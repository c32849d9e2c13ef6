// The journals of a cell in an hour like any other: many merchants, some currencies, the steps of
// many payments mixed as they come.
import type { Rail } from "../../functions/lib/contracts/types.ts";
import { capturedJournal, pendingJournal } from "../../functions/lib/domain/card-journals.ts";
import {
  heldJournal,
  offRampedJournal,
  onRampedJournal,
  settledJournal,
} from "../../functions/lib/domain/conversion-journals.ts";
import type { Journal } from "../../functions/lib/domain/journal.ts";
import type { PaymentRecord } from "../../functions/lib/domain/payment.ts";
import type { Terms } from "../../functions/lib/domain/quote.ts";
import { Random } from "../../scripts/lib/random.ts";

const CURRENCIES = ["EUR", "USD", "GBP", "JPY", "KWD", "CHF", "SEK", "INR", "BRL", "PLN", "CZK", "AUD"];
const FEE = 15n;

export type Traffic = { rail: Rail; payments: number; merchants: number; currencies: number; seed: number };

/** All journals of so many payments, in the order in which a stream would have them. */
export function journalsOf({ rail, payments, merchants, currencies, seed }: Traffic): Journal[] {
  const random = new Random(seed);
  const currency = (): string => CURRENCIES[Math.floor(random.next() * currencies)] ?? "EUR";
  const timed = Array.from({ length: payments }, (_, index) => {
    const payment = {
      payment_id: `p-${index}`,
      merchant_id: `m-${Math.floor(random.next() * merchants)}`,
      source_account: "source",
      destination_account: "destination",
      currency: currency(),
      amount: 1_000n,
      fee: FEE,
    } as PaymentRecord;
    // A step is some tens of payments after the one before it.
    return journals[rail](payment, currency()).map((journal, step) => ({
      at: index + step * 50 + random.between(0, 20),
      journal,
    }));
  });
  return timed
    .flat()
    .sort((a, b) => a.at - b.at)
    .map(({ journal }) => journal);
}

const journals: Record<Rail, (payment: PaymentRecord, destination: string) => Journal[]> = {
  card: (payment) => [pendingJournal(payment, FEE), capturedJournal(payment)],
  stablecoin: (payment, destination_currency) => {
    const terms = {
      currency: payment.currency,
      destination_currency,
      source_amount: payment.amount,
      fee: FEE,
      transit_amount: 900n,
      payout_amount: 800n,
      destination_amount: 790n,
      rounding: 1n,
    } as Terms;
    return [heldJournal, onRampedJournal, offRampedJournal, settledJournal].map((of) => of(payment, terms));
  },
};
