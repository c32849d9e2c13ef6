// Every rail has its scenario.
import { card } from "./card-scenario.ts";
import { conversion } from "./conversion-scenario.ts";
import type { Scenario } from "./scenario.ts";

export const SCENARIOS: readonly Scenario[] = [card, conversion];

/** The scenario of the rail, `card` where none is named. */
export function scenarioOf(rail = "card"): Scenario {
  const found = SCENARIOS.find((scenario) => scenario.rail === rail);
  if (!found) throw new Error(`there is no scenario of the rail ${rail}`);
  return found;
}
