// Which provider serves which rail, and the names of the switches that a person may turn for either.
import type { Rail } from "../contracts/types.ts";

/** Also the name by which its adapter declares its nature. */
export const CARD_PROVIDER = "sandbox";

const PROVIDERS: Record<Rail, readonly string[]> = { card: [CARD_PROVIDER], stablecoin: [] };

export const providersOf = (rail: Rail): readonly string[] => PROVIDERS[rail];

/** stop-intake: accept nothing · hold-starts: accept, and start later · stop-pivots: begin no irrevocable step. */
export type Switch = "stop-intake" | "hold-starts" | "stop-pivots";

/** The switches, by their names in the manifest, each of which has this effect on the rail. */
export const switchNames = (what: Switch, rail: Rail): string[] =>
  [rail, ...providersOf(rail)].map((subject) => `${subject}/${what}`);
