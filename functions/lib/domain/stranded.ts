// Value that a payment which has ended still holds somewhere, in sentences: nobody will move it any more, so a person must.
import { houseKey } from "./accounts.ts";
import { type Journal, type Posting, sumsOf } from "./journal.ts";
import { standingOf } from "./open-effects.ts";
import type { PaymentRecord } from "./payment.ts";

/** Where value only passes through: a payment that has ended leaves nothing in them. */
const PASSED = ["in_transit", "clearing", "payout"] as const;

/** `journals` are all that the payment's events promise. */
export function strandedIn(payment: PaymentRecord, journals: Journal[]): string[] {
  const { status, in_transit_since: since } = payment;
  const isUndone = status === "FAILED" || status === "CANCELED";
  const standing = isUndone ? standingOf(payment) : undefined;
  const postings = journals.flatMap((journal) => journal.postings);
  return [
    ...(since === undefined ? [] : [`${status}, and listed as in transit since ${since}`]),
    ...(standing === undefined ? [] : [`${status}, and ${standing}`]),
    ...PASSED.flatMap((house) => leftIn(house, postings, ({ account }) => account === houseKey(house))),
    ...leftIn("pending", postings, ({ bucket }) => bucket === "pending"),
  ];
}

/** What is pending is zero in sum by account; a sum over all of them would always be. */
function leftIn(where: string, postings: Posting[], isThere: (posting: Posting) => boolean): string[] {
  const there = postings.filter(isThere);
  return [...new Set(there.map(({ account }) => account))].flatMap((account) =>
    [...sumsOf(there.filter((posting) => posting.account === account))]
      .filter(([, sum]) => sum !== 0n)
      .map(([currency, sum]) => `${sum} ${currency} are left in ${where}`),
  );
}
