// The sandbox's market. Prices depend on the time alone, so that all readers see the same prices at
// one moment. Money is integers here too.

/**
 * One major unit in billionths of USDC, near the real prices. A currency that is not listed is not
 * traded.
 */
const BASE: Readonly<Record<string, bigint>> = {
  AED: 272_300_000n,
  AUD: 655_000_000n,
  BHD: 2_652_000_000n,
  BRL: 184_000_000n,
  CAD: 725_000_000n,
  CHF: 1_130_000_000n,
  CLP: 1_060_000n,
  CNY: 139_000_000n,
  EUR: 1_087_400_000n,
  GBP: 1_270_000_000n,
  IDR: 61_800n,
  INR: 11_900_000n,
  JPY: 6_700_000n,
  KRW: 740_000n,
  KWD: 3_252_000_000n,
  MXN: 58_000_000n,
  NGN: 640_000n,
  SEK: 95_000_000n,
  SGD: 745_000_000n,
  USD: 1_000_000_000n,
};

/** Digits of a minor unit, where they are not two. */
const DIGITS_OF: Readonly<Record<string, number>> = { BHD: 3, CLP: 0, JPY: 0, KRW: 0, KWD: 3 };
const digitsOf = (currency: string): number => DIGITS_OF[currency] ?? 2;

const MILLION = 1_000_000n;
/**
 * A price moves by half a percent in each direction, up and down once in ten minutes. Each currency
 * has its own phase.
 */
const SWING = 5_000n;
const PERIOD_MS = 600_000;
/** The ramp's margin below or above the mid price. */
const MARGIN = 1_000n;
/** A crash makes conversions worse: the on-ramp gives less, and the off-ramp takes more. */
const CRASH = 50_000n;
/** How far a price may move beyond the quoted one before a fill is refused. */
const TOLERANCE = 20_000n;
const DIGITS = 12;

export type Prices = { currency: string; mid: string; on_ramp: string; off_ramp: string };
/** The worth of one major unit, in 10^-12 of USDC. */
type Worth = { mid: bigint; on_ramp: bigint; off_ramp: bigint };

/** A triangle wave between minus and plus SWING, in millionths. */
function swingOf(currency: string, now: number): bigint {
  const start = [...currency].reduce((sum, char) => sum * 31 + char.charCodeAt(0), 0) % PERIOD_MS;
  const at = (now + start) % PERIOD_MS;
  const rising = at < PERIOD_MS / 2 ? at : PERIOD_MS - at;
  return (BigInt(rising) * SWING * 4n) / BigInt(PERIOD_MS) - SWING;
}

const share = (amount: bigint, millionths: bigint): bigint => (amount * millionths) / MILLION;

const decimal = (scaled: bigint): string => {
  const digits = String(scaled).padStart(DIGITS + 1, "0");
  return `${digits.slice(0, -DIGITS)}.${digits.slice(-DIGITS)}`;
};

export class Market {
  private readonly now: () => number;
  private readonly hasCrashed: () => boolean;

  /** `hasCrashed` is asked at every price, because a crash may be ordered at any time. */
  constructor(now: () => number, hasCrashed: () => boolean = () => false) {
    this.now = now;
    this.hasCrashed = hasCrashed;
  }

  /** Undefined for a currency that is not traded. */
  prices(currency: string): Prices | undefined {
    const worth = this.worth(currency);
    return (
      worth && {
        currency,
        mid: decimal(worth.mid),
        on_ramp: decimal(worth.on_ramp),
        off_ramp: decimal(worth.off_ramp),
      }
    );
  }

  /**
   * True when the market still gives or takes about the agreed amounts, which are in minor units.
   */
  fills(side: "on_ramp" | "off_ramp", fiat: Amount, usdc: bigint): boolean {
    const worth = this.worth(fiat.currency);
    if (!worth) return false;
    return side === "on_ramp"
      ? usdc <= share(usdcFor(fiat, worth.on_ramp), MILLION + TOLERANCE)
      : share(usdc, MILLION + TOLERANCE) >= usdcFor(fiat, worth.off_ramp);
  }

  /** What this USDC brings when it is sold back, in the currency's minor unit. */
  soldFor(usdc: bigint, currency: string): bigint | undefined {
    const worth = this.worth(currency);
    return worth && (usdc * 10n ** BigInt(digitsOf(currency) + DIGITS - USDC_DIGITS)) / worth.off_ramp;
  }

  private worth(currency: string): Worth | undefined {
    const base = Object.hasOwn(BASE, currency) ? BASE[currency] : undefined;
    if (base === undefined) return undefined;
    const mid = share(base * 1_000n, MILLION + swingOf(currency, this.now()));
    const margin = MARGIN + (this.hasCrashed() ? CRASH : 0n);
    return { mid, on_ramp: share(mid, MILLION - margin), off_ramp: share(mid, MILLION + margin) };
  }
}

const USDC_DIGITS = 6;
/** In minor units. */
export type Amount = { amount: bigint; currency: string };

/** The fiat amount in millionths of USDC. `worth` is that of one major unit. */
const usdcFor = ({ amount, currency }: Amount, worth: bigint): bigint =>
  (amount * worth) / 10n ** BigInt(digitsOf(currency) + DIGITS - USDC_DIGITS);
