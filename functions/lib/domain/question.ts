// What a provider is asked for. A step sends it, and whatever the provider says of a success is
// compared with it: in an answer, to a query, and of its own accord.
import { InvariantBroken } from "../errors/registry.ts";
import { convertedAmount } from "./conversion-journals.ts";
import type { PaymentRecord } from "./payment.ts";
import type { Question } from "./provider-answer.ts";
import { type Terms, TRANSIT_CURRENCY } from "./quote.ts";
import type { ProviderOperation } from "./saga-definition.ts";

type Converted = Required<Omit<Question, "payment_id">>;

/** What the on-ramp is asked to sell. */
export const purchaseOf = (terms: Terms): Converted => ({
  amount: convertedAmount(terms),
  currency: terms.currency,
  receive_amount: terms.transit_amount,
  receive_currency: TRANSIT_CURRENCY,
});

/** What the off-ramp is asked to pay out. */
export const payoutOf = (terms: Terms): Converted => ({
  amount: terms.transit_amount,
  currency: TRANSIT_CURRENCY,
  receive_amount: terms.payout_amount,
  receive_currency: terms.destination_currency,
});

/** What the on-ramp is asked to take back. */
export const reversalOf = (terms: Terms): Omit<Converted, "receive_amount"> => ({
  amount: terms.transit_amount,
  currency: TRANSIT_CURRENCY,
  receive_currency: terms.currency,
});

const CONVERSIONS = { on_ramp: purchaseOf, off_ramp: payoutOf, reverse_on_ramp: reversalOf };

/** True for what is asked for by the terms of a quote. */
export const isConversion = (operation: ProviderOperation): operation is keyof typeof CONVERSIONS =>
  operation in CONVERSIONS;

/**
 * The question of an operation of this payment. Throws InvariantBroken for a conversion without
 * terms: nothing is asked of a ramp before they are fixed.
 */
export function questionOf(
  { payment_id, amount, currency }: PaymentRecord,
  operation: ProviderOperation,
  terms?: Terms,
): Question {
  if (!isConversion(operation))
    return operation === "void" ? { payment_id } : { payment_id, amount, currency };
  if (!terms) throw new InvariantBroken(`${operation} is asked for by the terms of a quote`);
  return { payment_id, ...CONVERSIONS[operation](terms) };
}
