// Money is a bigint of the currency's minor unit; no float ever holds it. Currencies and exponents are ISO 4217's.
import { code as iso4217 } from "currency-codes";

/** Codes of ISO 4217 that nobody can pay with: metals, bond units, funds, tests. They carry no country or are listed as such. */
const NOT_PAYABLE = /^(X(AU|AG|PT|PD|TS|XX|DR|BA|BB|BC|BD|SU|UA)|USN|CHE|CHW|CLF|COU|MXV|UYI|UYW|BOV)$/;

/** True for a current ISO 4217 code of money that a payment can be made in. */
export const isCurrency = (code: string): boolean => !NOT_PAYABLE.test(code) && iso4217(code) !== undefined;

const BASIS_POINTS = 10_000n;

/** The fee of `amount` at `bps` basis points, rounded down to the minor unit: the merchant keeps the fraction. */
export function feeOf(amount: bigint, bps: number): bigint {
  return (amount * BigInt(bps)) / BASIS_POINTS;
}
