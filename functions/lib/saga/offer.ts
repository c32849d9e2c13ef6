// The terms of a conversion at this moment: what a quote promises, and what a payment without one is held to.
import { termsOf, type Unconvertible } from "../domain/conversion.ts";
import type { AmountSide, Terms } from "../domain/quote.ts";
import type { Rates } from "../domain/rates.ts";
import type { PolicySource } from "../ports/policy-source.ts";
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
/** What there are no terms for, the member of the request that says so, and why: the words go on after the subject. */
export type Obstacle = {
  member: "currency" | "destination_currency" | "amount";
  subject: string;
  wrong: "unsupported" | Unconvertible["wrong"];
  detail: string;
};

const DETAILS: Record<Obstacle["wrong"], string> = {
  unsupported: "is not converted by this rail",
  "too-small": "converts to less than one unit",
  "too-large": "converts to more than a payment may be",
};
const obstacle = (member: Obstacle["member"], subject: string, wrong: Obstacle["wrong"]): Obstacle => ({
  member,
  subject,
  wrong,
  detail: DETAILS[wrong],
});

/** The terms, or what is in their way: never neither. Throws ProviderUnavailable while there are no rates. */
export async function offerOf(
  { rates, policies }: Ports,
  { merchant_id, amount, amount_side, currency, destination_currency }: Wanted,
): Promise<{ terms: Terms } | { obstacles: Obstacle[] }> {
  const [source, destination] = await pairOf(rates, currency, destination_currency);
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

/** At one moment as near as two readings are. Both are waited for: what a reading tells a breaker is not cut off by the other's failure. */
async function pairOf(
  rates: RateSource,
  source: string,
  destination: string,
): Promise<[Rates | undefined, Rates | undefined]> {
  const [one, other] = await Promise.allSettled([rates.ratesOf(source), rates.ratesOf(destination)]);
  if (one.status === "rejected") throw one.reason;
  if (other.status === "rejected") throw other.reason;
  return [one.value, other.value];
}
