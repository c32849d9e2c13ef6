// Money is a bigint of the currency's minor unit; no float ever holds it. ISO 4217 names the
// currencies and their exponents.
import { code as iso4217 } from "currency-codes";
import type { Sound } from "../contracts/contract.ts";
import { ContractViolated, type FieldError } from "../errors/registry.ts";

/**
 * Codes of ISO 4217 that nobody can pay with: metals, bond units, funds, tests. They carry no
 * country or are listed as such.
 */
const NOT_PAYABLE = /^(X(AU|AG|PT|PD|TS|XX|DR|BA|BB|BC|BD|SU|UA)|USN|CHE|CHW|CLF|COU|MXV|UYI|UYW|BOV)$/;

/** True for a current ISO 4217 code of money that a payment can be made in. */
export const isCurrency = (code: string): boolean => !NOT_PAYABLE.test(code) && iso4217(code) !== undefined;

/** Members of a request that no payment can be made in. */
export const unknownCurrencies = (members: Sound): FieldError[] =>
  ["currency", "destination_currency"]
    .filter((member) => typeof members[member] === "string" && !isCurrency(members[member]))
    .map((member) => ({
      pointer: `/${member}`,
      detail: "is not a currency of ISO 4217 that can be paid with",
    }));

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

/** Digits of the minor unit (JPY 0, EUR 2, KWD 3). Throws ContractViolated for an unknown code. */
export function digitsOf(code: string): number {
  const currency = iso4217(code);
  if (!currency) throw new ContractViolated(`${code} is no currency`);
  return currency.digits;
}

/** The largest amount of a payment, in minor units; schemas/common/types.json says the same. */
export const LARGEST_AMOUNT = 999_999_999_999n;

const BASIS_POINTS = 10_000n;

/** The fee of `amount` at `bps` basis points, rounded down: the merchant keeps the fraction. */
export function feeOf(amount: bigint, bps: number): bigint {
  return (amount * BigInt(bps)) / BASIS_POINTS;
}
