// Locks an exchange rate for a minute: every amount of the conversion is worked out now and kept, and the payment that names the
// quote in time gets exactly that.
import { violations } from "../lib/contracts/contract.ts";
import type { QuoteRequest, QuoteView } from "../lib/contracts/types.ts";
import { termsOf, type Unconvertible } from "../lib/domain/conversion.ts";
import { idFor } from "../lib/domain/idempotency.ts";
import type { Quote } from "../lib/domain/quote.ts";
import type { Rates } from "../lib/domain/rates.ts";
import { unknownCurrencies } from "../lib/domain/unknown-currencies.ts";
import {
  type FieldError,
  InvalidRequest,
  ProviderUnavailable,
  ServiceUnavailable,
} from "../lib/errors/registry.ts";
import type { Clock } from "../lib/ports/clock.ts";
import type { PolicySource } from "../lib/ports/policy-source.ts";
import type { QuoteStore } from "../lib/ports/quote-store.ts";
import type { RateSource } from "../lib/ports/rate-source.ts";

export type Ports = { quotes: QuoteStore; rates: RateSource; policies: PolicySource; clock: Clock };
export type Request = { merchantId: string; requestId: string; body: Record<string, unknown> };

/** How long a payment may name the quote. */
const LIFETIME_MS = 60_000;

/** Throws InvalidRequest, or ServiceUnavailable while there are no rates. */
export const createQuote =
  ({ quotes, rates, policies, clock }: Ports) =>
  async ({ merchantId, requestId, body }: Request): Promise<QuoteView> => {
    const { amount, currency, destination_currency, amount_side = "source" } = read(body);
    const [source, destination] = await pairOf(rates, currency, destination_currency);
    const { stablecoin_fee_bps: fee_bps, stablecoin_spread_bps: spread_bps } =
      await policies.policyOf(merchantId);
    const conversion = { amount: BigInt(amount), amount_side };
    const terms = termsOf(conversion, source, destination, { fee_bps, spread_bps });
    if ("wrong" in terms) throw unconvertible(terms);
    const quote = await quotes.keep({
      quote_id: idFor("quote", merchantId, requestId),
      merchant_id: merchantId,
      amount_side,
      ...terms,
      created_at: new Date(clock.now()).toISOString(),
      expires_at: new Date(clock.ahead(LIFETIME_MS)).toISOString(),
    });
    return viewOf(quote);
  };

function read(body: Record<string, unknown>): QuoteRequest {
  refuseIf([...violations("QuoteRequest", body), ...unknownCurrencies(body)]);
  return body as unknown as QuoteRequest;
}

function refuseIf(errors: FieldError[]): void {
  if (errors.length > 0) throw new InvalidRequest("the request has errors", errors);
}

/** The rates of both currencies, at one moment as near as two readings are. */
async function pairOf(rates: RateSource, currency: string, destination: string): Promise<[Rates, Rates]> {
  const [one, other] = await Promise.all([rates.ratesOf(currency), rates.ratesOf(destination)]).catch(
    (error) =>
      Promise.reject(
        error instanceof ProviderUnavailable
          ? new ServiceUnavailable("there are no rates at the moment")
          : error,
      ),
  );
  const detail = "is not converted by this rail";
  refuseIf([
    ...(one ? [] : [{ pointer: "/currency", detail }]),
    ...(other ? [] : [{ pointer: "/destination_currency", detail }]),
  ]);
  return [one, other] as [Rates, Rates];
}

const unconvertible = ({ wrong }: Unconvertible): InvalidRequest =>
  new InvalidRequest("the amount cannot be converted", [
    {
      pointer: "/amount",
      detail:
        wrong === "too-small" ? "converts to less than one unit" : "converts to more than a payment may be",
    },
  ]);

/** What stays inside is how the conversion is done: USDC, the ramps' payout, the residue. */
function viewOf(quote: Quote): QuoteView {
  const { quote_id, amount_side, currency, destination_currency, created_at, expires_at } = quote;
  const { rate, base_rate, spread, reference_rate } = quote;
  return {
    quote_id,
    amount_side,
    currency,
    destination_currency,
    source_amount: Number(quote.source_amount),
    destination_amount: Number(quote.destination_amount),
    fee: Number(quote.fee),
    rate,
    base_rate,
    spread,
    reference_rate,
    created_at,
    expires_at,
  };
}
