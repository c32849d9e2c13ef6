// Locks an exchange rate for a minute. Every amount of the conversion is computed now and kept. A
// payment that names the quote in time gets exactly these amounts.
import { soundMembers, violations } from "../lib/contracts/contract.ts";
import * as schemas from "../lib/contracts/schemas.ts";
import type { QuoteRequest, QuoteView } from "../lib/contracts/types.ts";
import { suspectStrings } from "../lib/domain/card-data.ts";
import { unknownCurrencies, untimelyCurrencies } from "../lib/domain/currencies.ts";
import { idFor } from "../lib/domain/idempotency.ts";
import { exemplified } from "../lib/domain/money.ts";
import { minuteAfter, type Quote } from "../lib/domain/quote.ts";
import { timesBegun } from "../lib/domain/token-bucket.ts";
import {
  InvalidRequest,
  ProviderUnavailable,
  RateLimited,
  ServiceUnavailable,
} from "../lib/errors/registry.ts";
import type { Clock } from "../lib/ports/clock.ts";
import type { PolicySource } from "../lib/ports/policy-source.ts";
import type { QuoteStore } from "../lib/ports/quote-store.ts";
import type { RateSource } from "../lib/ports/rate-source.ts";
import type { WriteThrottle } from "../lib/ports/write-throttle.ts";
import { type Obstacle, priceConversion } from "../lib/saga/conversion-terms.ts";

export type Ports = {
  quotes: QuoteStore;
  rates: RateSource;
  policies: PolicySource;
  throttle: WriteThrottle;
  clock: Clock;
};
export type Request = { merchantId: string; requestId: string; body: Record<string, unknown> };

/** How long a payment may name the quote. */
const LIFETIME_MS = 60_000;

/** Throws InvalidRequest, RateLimited, or ServiceUnavailable while there are no rates. */
export const createQuote =
  ({ quotes, rates, policies, throttle, clock }: Ports) =>
  async ({ merchantId, requestId, body }: Request): Promise<QuoteView> => {
    const { amount, currency, destination_currency, amount_side = "source" } = read(body, clock.now());
    await throttle.take(merchantId);
    const wanted = {
      merchant_id: merchantId,
      amount: BigInt(amount),
      amount_side,
      currency,
      destination_currency,
    };
    const offer = await priceConversion({ rates, policies }, wanted).catch((error) => {
      throw error instanceof ProviderUnavailable
        ? new ServiceUnavailable("there are no rates at the moment")
        : error;
    });
    if ("obstacles" in offer) throw unconvertible(offer.obstacles);
    const expires = clock.ahead(LIFETIME_MS);
    await assertRoom({ quotes, policies }, merchantId, expires);
    const quote = await quotes.keep({
      quote_id: idFor("quote", merchantId, requestId),
      merchant_id: merchantId,
      amount_side,
      ...offer.terms,
      created_at: new Date(clock.now()).toISOString(),
      expires_at: new Date(expires).toISOString(),
    });
    return viewOf(quote);
  };

function read(body: Record<string, unknown>, now: number): QuoteRequest {
  const broken = violations(schemas.QuoteRequest, body);
  const members = soundMembers(body, broken);
  const { amount_side, currency, destination_currency } = members;
  const ofAmount = amount_side === "destination" ? destination_currency : currency;
  const errors = [
    ...exemplified(broken, ofAmount),
    ...suspectStrings(members),
    ...unknownCurrencies(members),
    ...untimelyCurrencies(members, now),
  ];
  if (errors.length > 0) throw new InvalidRequest("the request has errors", errors);
  return body as unknown as QuoteRequest;
}

const unconvertible = (obstacles: Obstacle[]): InvalidRequest =>
  new InvalidRequest(
    "the amount cannot be converted",
    obstacles.map(({ member, detail }) => ({ pointer: `/${member}`, detail })),
  );

/** Throws RateLimited where the merchant has as many quotes of that minute as its policy allows. */
async function assertRoom(
  { quotes, policies }: Pick<Ports, "quotes" | "policies">,
  merchantId: string,
  expires: number,
): Promise<void> {
  const most = (await policies.policyOf(merchantId)).limits.quotes_per_minute;
  if (most === undefined || (await quotes.count(merchantId, expires, most))) return;
  throw RateLimited.by("quotes", most, 60, timesBegun(minuteAfter(expires) - expires, 1_000));
}

/** The merchant does not see how the conversion is done: USDC, the ramps' payout, the residue. */
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
