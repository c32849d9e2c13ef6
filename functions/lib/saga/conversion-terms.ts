// The terms of a conversion: what rates, fee and spread come to now, and the quote that keeps them.
// POST /quotes offers terms, AuthorizeConversion fixes them, and every later step reads the quote.
import { termsOf, type Unconvertible } from "../domain/conversion.ts";
import { LARGEST_AMOUNT } from "../domain/money.ts";
import type { PaymentRecord } from "../domain/payment.ts";
import type { Question } from "../domain/provider-answer.ts";
import { isConversion, questionOf } from "../domain/question.ts";
import type { AmountSide, Quote, Terms } from "../domain/quote.ts";
import { type Rates, RatesUnavailable } from "../domain/rates.ts";
import type { ProviderOperation } from "../domain/saga-definition.ts";
import { InvariantBroken } from "../errors/registry.ts";
import type { Breaker } from "../ports/breaker.ts";
import type { PolicySource } from "../ports/policy-source.ts";
import type { QuoteStore } from "../ports/quote-store.ts";
import type { RateSource } from "../ports/rate-source.ts";

type Ports = { rates: RateSource; policies: PolicySource };
/** `amount` is in the minor unit of the currency of its side. */
type Wanted = {
  merchant_id: string;
  amount: bigint;
  amount_side: AmountSide;
  currency: string;
  destination_currency: string;
};
/** Why there are no terms. `member` is the member of the request; `detail` follows `subject`. */
export type Obstacle = {
  member: "currency" | "destination_currency" | "amount";
  subject: string;
  wrong: "unsupported" | Unconvertible["wrong"];
  detail: string;
};

const DETAILS: Record<Obstacle["wrong"], string> = {
  unsupported: "is not converted by this rail",
  "too-small": "converts to less than one unit",
  "too-large": `converts to more than ${LARGEST_AMOUNT} minor units`,
};
const obstacle = (member: Obstacle["member"], subject: string, wrong: Obstacle["wrong"]): Obstacle => ({
  member,
  subject,
  wrong,
  detail: DETAILS[wrong],
});

/**
 * The terms at this moment, or every obstacle to them. Throws ProviderUnavailable while there are
 * no rates.
 */
export async function priceConversion(
  { rates, policies }: Ports,
  { merchant_id, amount, amount_side, currency, destination_currency }: Wanted,
): Promise<{ terms: Terms } | { obstacles: Obstacle[] }> {
  const [source, destination] = await ratesOfBoth(rates, currency, destination_currency);
  const unsupported = [
    ...(source ? [] : [obstacle("currency", currency, "unsupported")]),
    ...(destination ? [] : [obstacle("destination_currency", destination_currency, "unsupported")]),
  ];
  if (!source || !destination) return { obstacles: unsupported };
  const { stablecoin_fee_bps: fee_bps, stablecoin_spread_bps: spread_bps } =
    await policies.policyOf(merchant_id);
  const terms = termsOf({ amount, amount_side }, source, destination, { fee_bps, spread_bps });
  return "wrong" in terms ? { obstacles: [obstacle("amount", "the amount", terms.wrong)] } : { terms };
}

/**
 * Reads both rates at once, so that they are of nearly the same moment. Waits for both: what one
 * reading reports to the breaker must not be lost when the other fails.
 */
async function ratesOfBoth(
  rates: RateSource,
  source: string,
  destination: string,
): Promise<[Rates | undefined, Rates | undefined]> {
  const [one, other] = await Promise.allSettled([rates.ratesOf(source), rates.ratesOf(destination)]);
  if (one.status === "rejected") throw one.reason;
  if (other.status === "rejected") throw other.reason;
  return [one.value, other.value];
}

/**
 * Rates that report their silence to the provider's breaker, because without rates every new
 * conversion ends at its beginning. The two readings of one conversion are reported once. An error
 * about one currency is not reported. A success is not reported either: it does not show that the
 * provider sells.
 */
export function reportingRates(rates: RateSource, breaker: Breaker, provider: string): RateSource {
  let hasReported = false;
  return {
    ratesOf: (currency) =>
      rates.ratesOf(currency).catch(async (error) => {
        if (error instanceof RatesUnavailable && !hasReported) {
          hasReported = true;
          await breaker.report(provider, "unavailable");
        }
        throw error;
      }),
  };
}

/** What was asked for by the operation, of whichever rail it is. Throws as `quoteOf` does. */
export const questionFor = async (
  quotes: QuoteStore,
  payment: PaymentRecord,
  operation: ProviderOperation,
): Promise<Question> =>
  questionOf(payment, operation, isConversion(operation) ? await quoteOf(quotes, payment) : undefined);

/**
 * The quote that fixes the payment's amounts. Throws InvariantBroken where there is none: quotes
 * are never deleted, and no money is moved for a payment before it has its own.
 */
export async function quoteOf(quotes: QuoteStore, { quote_id }: PaymentRecord): Promise<Quote> {
  const quote = quote_id === undefined ? undefined : await quotes.find(quote_id);
  if (!quote) throw new InvariantBroken("a conversion without its quote");
  return quote;
}
