// How much of each quota a cell leaves, how many payments a cell may promise, and how many cells 6,000 payments per second take.
import { QUOTAS, type Quota } from "./quotas.ts";

export type Profile = "defaults" | "raised";

/** Payments per second, all cells together (R084). */
export const TARGET = 6_000;
/** Of every quota this much stays free, for retries, undos and merchants that pay more than they promised. */
export const SPARE = 0.2;
/** What a cell of each profile is filled to. */
export const CELL_RATES: Record<Profile, number> = { defaults: 240, raised: 750 };

export const limitOf = ({ defaults, raised }: Quota, profile: Profile): number =>
  profile === "raised" ? (raised ?? defaults) : defaults;

/** The share of the quota that stays free at this rate; negative where it does not suffice. */
export const spareOf = (quota: Quota, profile: Profile, rate: number): number =>
  1 - quota.need(rate) / limitOf(quota, profile);

/** The highest whole rate at which every quota keeps its spare, and the quota that ends it. */
export function mostOf(profile: Profile, quotas: readonly Quota[] = QUOTAS): { rate: number; binds: Quota } {
  const tight = (rate: number): Quota | undefined =>
    quotas.find((quota) => spareOf(quota, profile, rate) < SPARE - 1e-9);
  for (let rate = 1; rate <= TARGET; rate++) {
    const binds = tight(rate);
    if (binds) return { rate: rate - 1, binds };
  }
  throw new Error(`nothing binds below ${TARGET} payments per second: a quota is missing`);
}

export const cellsFor = (profile: Profile): number => Math.ceil(TARGET / CELL_RATES[profile]);

/** Quotas that a profile's cell does not keep its spare of, as sentences; empty when its rate is sound. */
export const shortages = (profile: Profile, rate: number, quotas: readonly Quota[] = QUOTAS): string[] =>
  quotas
    .filter((quota) => spareOf(quota, profile, rate) < SPARE - 1e-9)
    .map(
      (quota) =>
        `${quota.name}: ${Math.ceil(quota.need(rate))} of ${limitOf(quota, profile)} ${quota.unit} at ${rate} payments per second`,
    );
