// How much of each quota a cell leaves free, how many payments of a rail a cell may promise, and
// how many cells 6,000 of them per second take.
import type { Rail } from "./costs.ts";
import { QUOTAS, type Quota } from "./quotas.ts";

export type Profile = "defaults" | "raised";

/** Payments per second, all cells together (R084). */
export const TARGET = 6_000;
/**
 * The share of every quota that stays free: for retries, for undos, and for merchants that pay more
 * than they promised.
 */
export const SPARE = 0.2;
/**
 * A cell promises card payments per second. A payment of another rail counts as this many of them.
 */
export const WEIGHT: Record<Rail, number> = { card: 1, stablecoin: 2.5 };
/** What a cell of each profile promises, and up to which merchants are placed in it. */
export const PROMISE: Record<Profile, number> = { defaults: 240, raised: 750 };
/** The same in payments of one rail, if it has no others. */
export const rateOf = (profile: Profile, rail: Rail): number => PROMISE[profile] / WEIGHT[rail];

export const limitOf = ({ defaults, raised }: Quota, profile: Profile): number =>
  profile === "raised" ? (raised ?? defaults) : defaults;

/**
 * The share of the quota that stays free at this rate. It is negative when the quota is too small.
 */
export const spareOf = (quota: Quota, profile: Profile, rail: Rail, rate: number): number =>
  1 - quota.need(rate, rail) / limitOf(quota, profile);

/** The highest whole rate at which every quota keeps its spare, and the quota that ends it. */
export function mostOf(
  profile: Profile,
  rail: Rail,
  quotas: readonly Quota[] = QUOTAS,
): { rate: number; binds: Quota } {
  const tight = (rate: number): Quota | undefined =>
    quotas.find((quota) => spareOf(quota, profile, rail, rate) < SPARE - 1e-9);
  for (let rate = 1; rate <= TARGET; rate++) {
    const binds = tight(rate);
    if (binds) return { rate: rate - 1, binds };
  }
  throw new Error(`nothing binds below ${TARGET} payments per second: a quota is missing`);
}

export const cellsFor = (profile: Profile, rail: Rail): number => Math.ceil(TARGET / rateOf(profile, rail));

/**
 * The quotas whose spare a cell of the profile does not keep, as sentences. Empty: the
 * rate is sound.
 */
export const shortages = (
  profile: Profile,
  rail: Rail,
  rate: number,
  quotas: readonly Quota[] = QUOTAS,
): string[] =>
  quotas
    .filter((quota) => spareOf(quota, profile, rail, rate) < SPARE - 1e-9)
    .map(
      (quota) =>
        `${quota.name}: ${Math.ceil(quota.need(rate, rail))} of ${limitOf(quota, profile)} ${quota.unit} at ${rate} ${rail} payments per second`,
    );
