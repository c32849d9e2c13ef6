// How what happens may differ from what was asked, where that was ordered. The books then hold what
// happened, and every answer, query and webhook says it.
import type { Entry } from "./books.ts";

export const DEVIATIONS = ["partial", "wrong_amount", "wrong_currency", "wrong_reference"] as const;
export type Deviation = (typeof DEVIATIONS)[number];

/** At least 1. */
const quarterOf = (amount: number): number => Number(BigInt(amount) / 4n) || 1;
const otherThan = (currency: string): string => (currency === "EUR" ? "USD" : "EUR");

/** The row of a success that differs. `newId` makes the reference that nobody gave. */
export function deviating(entry: Entry, deviation: Deviation, newId: () => string): Entry {
  const { amount, currency, receive_amount, receive_currency } = entry;
  const isRamp = receive_amount !== undefined && receive_currency !== undefined;
  switch (deviation) {
    case "partial":
      return {
        ...entry,
        amount: quarterOf(amount),
        ...(isRamp ? { receive_amount: quarterOf(receive_amount) } : {}),
      };
    case "wrong_amount":
      return isRamp ? { ...entry, receive_amount: quarterOf(receive_amount) } : entry;
    case "wrong_currency":
      return isRamp
        ? { ...entry, receive_currency: otherThan(receive_currency) }
        : { ...entry, currency: otherThan(currency) };
    case "wrong_reference":
      return { ...entry, stated_reference: `ref_${newId()}` };
  }
}
