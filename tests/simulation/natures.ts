// The natures of providers, good and bad: a step may rely on what its provider declares, and on
// nothing more. Each world has one, and its provider promises just that.
import type { ProviderNature } from "../../functions/lib/ports/provider.ts";
import type { Random } from "../../scripts/lib/random.ts";

export type Nature = Omit<ProviderNature, "name">;

const DAY_SECONDS = 86_400;
/** Forgets its keys over a weekend, within ten minutes, or within one. */
const KEY_TTLS = [DAY_SECONDS, DAY_SECONDS, 600, 60] as const;

export function drawNature(random: Random): Nature {
  return {
    key_ttl_seconds: random.pick(KEY_TTLS),
    replays_errors: random.chance(0.4),
    tombstones: random.chance(0.6),
    keeps_refusals: random.chance(0.65),
    validates_first: random.chance(0.6),
    in_flight_seconds: 15,
    takes_orders: false,
  };
}

/** What no nature declares, for nothing relies on it. */
export type Habits = {
  /** How long after a change a query may still be answered with what was before. */
  read_lag_ms: number;
  /** A second request for what was done under the key is turned down instead of answered again. */
  rejects_repeats: boolean;
  /** Until then it sets no tombstone, whatever its nature says, and answers that it has nothing. */
  buries_from_ms: number;
  /** An authorization that was refused is voided with success, though nothing is held. */
  voids_nothing: boolean;
};

/** A read side that lags shows all that was sent by the time that the nature declares. */
export const drawHabits = (random: Random): Habits => ({
  read_lag_ms: random.chance(0.3) ? random.between(0, 6_000) : 0,
  rejects_repeats: random.chance(0.4),
  buries_from_ms: random.chance(0.25) ? random.between(0, 20) * 60_000 : 0,
  voids_nothing: random.chance(0.5),
});
