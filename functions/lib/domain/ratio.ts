// Exact shares for exchange rates. A decimal string is a ratio of two integers, and only functions
// that say so round.
import { ContractViolated } from "../errors/registry.ts";

/** `over / under`; `under` is above zero, `over` not below. */
export type Ratio = { over: bigint; under: bigint };

const DECIMAL = /^(\d{1,20})(?:\.(\d{1,20}))?$/;

/**
 * Reads a decimal such as `1.0874`. Throws ContractViolated for all else, signs and exponents too.
 */
export function ratioOf(decimal: string): Ratio {
  const [, whole, fraction = ""] = DECIMAL.exec(decimal) ?? [];
  if (whole === undefined) throw new ContractViolated("a rate is not a decimal number");
  return { over: BigInt(whole + fraction), under: 10n ** BigInt(fraction.length) };
}

export const times = (a: Ratio, b: Ratio): Ratio => ({ over: a.over * b.over, under: a.under * b.under });

/** Throws ContractViolated when `b` is nothing. */
export function per(a: Ratio, b: Ratio): Ratio {
  if (b.over === 0n) throw new ContractViolated("a rate is zero");
  return { over: a.over * b.under, under: a.under * b.over };
}

/** What is left of a whole after the share. */
export const lessShare = ({ over, under }: Ratio): Ratio => ({ over: under - over, under });

/** `10^exponent`, negative ones too. */
export const powerOfTen = (exponent: number): Ratio =>
  exponent < 0 ? { over: 1n, under: 10n ** BigInt(-exponent) } : { over: 10n ** BigInt(exponent), under: 1n };

/** The amount times the ratio, rounded down to the unit. */
export const floorOf = (amount: bigint, { over, under }: Ratio): bigint => (amount * over) / under;

/** The ratio as a decimal string, cut after that many digits. */
export function decimalOf({ over, under }: Ratio, digits: number): string {
  const scaled = String((over * 10n ** BigInt(digits)) / under).padStart(digits + 1, "0");
  return digits === 0 ? scaled : `${scaled.slice(0, -digits)}.${scaled.slice(-digits)}`;
}
