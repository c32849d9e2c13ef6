// What a conversion posts, step by step: source → clearing → in transit → payout → destination.
// `ramp_settlement` is what we owe the ramps (positive) and they owe us (negative) in each
// currency. Everything is available at once: nothing here is a promise.
import { InvariantBroken } from "../errors/registry.ts";
import { type HouseAccount, houseKey, merchantKey } from "./accounts.ts";
import { type Debit, type Journal, journal, journalId, type Posting } from "./journal.ts";
import type { PaymentRecord } from "./payment.ts";
import { type Terms, TRANSIT_CURRENCY } from "./quote.ts";
import type { PostingFunction } from "./saga-definition.ts";

const posting = (account: string, currency: string, amount: bigint): Posting => ({
  account,
  bucket: "available",
  currency,
  amount,
});
const house = (account: HouseAccount, currency: string, amount: bigint): Posting =>
  posting(houseKey(account), currency, amount);

const idOf = ({ payment_id }: PaymentRecord, step: PostingFunction): string => journalId(payment_id, step);

function accountOf({ merchant_id, ...payment }: PaymentRecord, side: "source" | "destination"): string {
  const account = payment[`${side}_account`];
  if (!account) throw new InvariantBroken(`a conversion without a ${side} account`);
  return merchantKey(merchant_id, account);
}

/** What goes to the on-ramp: our fee stays in clearing until the payment completes. */
export const convertedAmount = ({ source_amount, fee }: Terms): bigint => source_amount - fee;

/** AuthorizeConversion: source → clearing. */
export const heldJournal = (payment: PaymentRecord, { currency, source_amount }: Terms): Journal =>
  journal(idOf(payment, "authorize-conversion"), [
    posting(accountOf(payment, "source"), currency, -source_amount),
    house("clearing", currency, source_amount),
  ]);

/** The debit of `heldJournal`, where the source account has a guard. */
export const heldDebit = (payment: PaymentRecord, { currency, source_amount }: Terms): Debit => ({
  account: accountOf(payment, "source"),
  currency,
  amount: source_amount,
});

/** ReleaseHold: the contra entry of `heldJournal`. */
export const releasedJournal = (payment: PaymentRecord, { currency, source_amount }: Terms): Journal =>
  journal(idOf(payment, "release-hold"), [
    house("clearing", currency, -source_amount),
    posting(accountOf(payment, "source"), currency, source_amount),
  ]);

/** OnRamp: clearing → in transit. */
export const onRampedJournal = (payment: PaymentRecord, terms: Terms): Journal =>
  journal(idOf(payment, "on-ramp"), [
    house("clearing", terms.currency, -convertedAmount(terms)),
    house("ramp_settlement", terms.currency, convertedAmount(terms)),
    house("ramp_settlement", TRANSIT_CURRENCY, -terms.transit_amount),
    house("in_transit", TRANSIT_CURRENCY, terms.transit_amount),
  ]);

/**
 * ReverseOnRamp: clearing gets back all of it. What the market gave less, or more, is our own
 * result. `received` is in minor units of the source currency.
 */
export const reversedOnRampJournal = (payment: PaymentRecord, terms: Terms, received: bigint): Journal =>
  journal(idOf(payment, "reverse-on-ramp"), [
    house("in_transit", TRANSIT_CURRENCY, -terms.transit_amount),
    house("ramp_settlement", TRANSIT_CURRENCY, terms.transit_amount),
    house("ramp_settlement", terms.currency, -received),
    house("clearing", terms.currency, convertedAmount(terms)),
    house("fx_result", terms.currency, received - convertedAmount(terms)),
  ]);

/** OffRamp: in transit → payout. */
export const offRampedJournal = (payment: PaymentRecord, terms: Terms): Journal =>
  journal(idOf(payment, "off-ramp"), [
    house("in_transit", TRANSIT_CURRENCY, -terms.transit_amount),
    house("ramp_settlement", TRANSIT_CURRENCY, terms.transit_amount),
    house("ramp_settlement", terms.destination_currency, -terms.payout_amount),
    house("payout", terms.destination_currency, terms.payout_amount),
  ]);

/** PostLedger: payout → destination, with our fee, our spread and the residue of rounding. */
export const settledJournal = (payment: PaymentRecord, terms: Terms): Journal => {
  const { currency, destination_currency, fee, payout_amount, destination_amount, rounding } = terms;
  return journal(idOf(payment, "post-ledger"), [
    house("clearing", currency, -fee),
    house("fees", currency, fee),
    house("payout", destination_currency, -payout_amount),
    posting(accountOf(payment, "destination"), destination_currency, destination_amount),
    house("fx_result", destination_currency, payout_amount - destination_amount - rounding),
    house("rounding", destination_currency, rounding),
  ]);
};
