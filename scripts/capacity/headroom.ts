// How much of each quota a cell leaves, how many payments of a rail a cell may promise, and how many cells 6,000 of them per second take.
import { MEASURED, type Rail } from "./costs.ts";
import { QUOTAS, type Quota } from "./quotas.ts";

export type Profile = "defaults" | "raised";

/** Payments per second, all cells together (R084). */
export const TARGET = 6_000;
/** Of every quota this much stays free, for retries, undos and merchants that pay more than they promised. */
export const SPARE = 0.2;
/** What a cell of each profile is filled to, if all of its payments are of one rail. */
export const CELL_RATES: Record<Rail, Record<Profile, number>> = {
  card: { defaults: 240, raised: 750 },
  stablecoin: { defaults: 240, raised: 400 },
};

export const limitOf = ({ defaults, raised }: Quota, profile: Profile): number =>
  profile === "raised" ? (raised ?? defaults) : defaults;

/** The share of the quota that stays free at this rate; negative where it does not suffice. */
export const spareOf = (quota: Quota, profile: Profile, rail: Rail, rate: number): number =>
  1 - quota.need(rate, MEASURED[rail]) / limitOf(quota, profile);

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

export const cellsFor = (profile: Profile, rail: Rail): number =>
  Math.ceil(TARGET / CELL_RATES[rail][profile]);

/** Quotas that a profile's cell does not keep its spare of, as sentences; empty when its rate is sound. */
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
        `${quota.name}: ${Math.ceil(quota.need(rate, MEASURED[rail]))} of ${limitOf(quota, profile)} ${quota.unit} at ${rate} ${rail} payments per second`,
    );
