// Money is a bigint of the currency's minor unit; no float ever holds it.
import type { FieldError } from "../errors/registry.ts";
import { digitsOf, isCurrency } from "./currencies.ts";

/** The example that schemas/common/types.json gives of an amount. */
const EXAMPLE = "500 is 5.00";

/** The errors with an example of the amount's own currency, if it is known: `500 is 500 JPY`. */
export function exemplified(errors: FieldError[], currency: unknown): FieldError[] {
  if (typeof currency !== "string" || !isCurrency(currency)) return errors;
  const digits = digitsOf(currency);
  const text = "500".padStart(digits + 1, "0");
  const point = text.length - digits;
  const major = digits === 0 ? text : `${text.slice(0, point)}.${text.slice(point)}`;
  return errors.map((error) => ({
    ...error,
    detail: error.detail.replace(EXAMPLE, `500 is ${major} ${currency}`),
  }));
}

/** The largest amount of a payment, in minor units; schemas/common/types.json says the same. */
export const LARGEST_AMOUNT = 999_999_999_999n;

const BASIS_POINTS = 10_000n;

/** The fee of `amount` at `bps` basis points, rounded down: the merchant keeps the fraction. */
export function feeOf(amount: bigint, bps: number): bigint {
  return (amount * BigInt(bps)) / BASIS_POINTS;
}
