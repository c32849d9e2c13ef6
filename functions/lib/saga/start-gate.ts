// Whether sagas of a rail may start now. While they may not, a payment is accepted all the same and
// waits in the start queue.
import type { Rail } from "../contracts/types.ts";
import { providersOf } from "../domain/saga-definition.ts";
import type { Breaker } from "../ports/breaker.ts";
import type { Exposure } from "../ports/exposure.ts";
import type { Switches } from "../ports/switches.ts";

export type StartGate = { breaker: Breaker; switches: Switches; exposure: Exposure };
/** Starts wait until the switch is off, less value is in transit, or the provider answers. */
export type Hold = "switch" | "exposure" | "breaker";

/**
 * What holds this start back. `undefined` lets exactly one saga start: after an outage it may be
 * the provider's probe.
 */
export const holdOnStart = (gate: StartGate, rail: Rail): Promise<Hold | undefined> =>
  holdBy(gate, rail, async (provider) => !(await gate.breaker.admits(provider)));

/** True while starts wait on purpose: a pending payment is then no finding. */
export const areStartsHeld = async (gate: StartGate, rail: Rail): Promise<boolean> =>
  (await holdBy(gate, rail, (provider) => gate.breaker.isOpen(provider))) !== undefined;

/** The breaker comes last: asking it may take the probe's place. */
async function holdBy(
  { switches, exposure }: StartGate,
  rail: Rail,
  isBroken: (provider: string) => Promise<boolean>,
): Promise<Hold | undefined> {
  if (await switches.isOn("hold-starts", rail)) return "switch";
  if (await exposure.isFull(rail)) return "exposure";
  for (const provider of providersOf(rail)) if (await isBroken(provider)) return "breaker";
  return undefined;
}
