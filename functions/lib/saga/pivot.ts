// The kill switch of the pivots: while a person has turned it nothing irrevocable is begun, and nothing bought that only a pivot spends.
import type { Rail } from "../contracts/types.ts";
import type { Step } from "../domain/saga-definition.ts";
import { ProviderUnavailable } from "../errors/registry.ts";
import type { Switches } from "../ports/switches.ts";

/** Throws ProviderUnavailable while the rail's pivots are stopped. */
export async function assertPivotAllowed(switches: Switches, rail: Rail, step: Step): Promise<void> {
  if (await switches.isOn("stop-pivots", rail))
    throw new ProviderUnavailable(`${step} is stopped on the ${rail} rail`);
}
