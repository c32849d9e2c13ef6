// The natures of providers, good and bad: a step may rely on what its provider declares, and on
// nothing more. Each world has one.
import type { ProviderNature } from "../../functions/lib/ports/provider.ts";
import type { Random } from "../../scripts/lib/random.ts";

export type Nature = Omit<ProviderNature, "name">;

const nature = (key_ttl_seconds: number, replays_errors: boolean, tombstones: boolean): Nature => ({
  key_ttl_seconds,
  replays_errors,
  tombstones,
  keeps_refusals: true,
  validates_first: true,
  in_flight_seconds: 15,
  takes_orders: false,
});

/**
 * One that promises everything, and ones that forget their keys within a minute, within ten, or
 * over a weekend.
 */
const NATURES = [
  nature(86_400, true, true),
  nature(86_400, false, false),
  nature(600, false, true),
  nature(60, false, true),
  nature(60, true, false),
] as const;

export const drawNature = (random: Random): Nature => random.pick(NATURES);
