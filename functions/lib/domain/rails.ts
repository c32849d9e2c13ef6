// Which provider serves which rail, and the names of the switches that a person may turn for either.
import type { Rail } from "../contracts/types.ts";
import type { ProviderOperation } from "./steps.ts";

/**
 * Also the names by which their adapters declare their natures. The ramps fail apart, so each has a breaker of its own; address,
 * credentials and webhooks they share with the card provider, for the sandbox plays all of them.
 */
export const CARD_PROVIDER = "sandbox";
export const ON_RAMP_PROVIDER = "sandbox-on-ramp";
export const OFF_RAMP_PROVIDER = "sandbox-off-ramp";

const PROVIDERS: Record<Rail, readonly string[]> = {
  card: [CARD_PROVIDER],
  stablecoin: [ON_RAMP_PROVIDER, OFF_RAMP_PROVIDER],
};

/** Who is asked for what. */
export const PROVIDER_OF = {
  authorize: CARD_PROVIDER,
  capture: CARD_PROVIDER,
  void: CARD_PROVIDER,
  on_ramp: ON_RAMP_PROVIDER,
  off_ramp: OFF_RAMP_PROVIDER,
  reverse_on_ramp: ON_RAMP_PROVIDER,
} as const satisfies Record<ProviderOperation, string>;

export const RAILS = Object.keys(PROVIDERS) as Rail[];

export const providersOf = (rail: Rail): readonly string[] => PROVIDERS[rail];

/** stop-intake: accept nothing · hold-starts: accept, and start later · stop-pivots: begin no irrevocable step. */
export const SWITCHES = ["stop-intake", "hold-starts", "stop-pivots"] as const;
export type Switch = (typeof SWITCHES)[number];

/** The switches, by their names in the manifest, each of which has this effect on the rail. */
export const switchNames = (what: Switch, rail: Rail): string[] =>
  [rail, ...providersOf(rail)].map((subject) => `${subject}/${what}`);
