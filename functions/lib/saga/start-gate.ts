// Whether sagas of a rail may start now. A payment whose saga may not is accepted all the same, and waits in the start queue.
import type { Rail } from "../contracts/types.ts";
import { providersOf } from "../domain/saga-definition.ts";
import type { Breaker } from "../ports/breaker.ts";
import type { Exposure } from "../ports/exposure.ts";
import type { Switches } from "../ports/switches.ts";

export type StartGate = { breaker: Breaker; switches: Switches; exposure: Exposure };
/** What starts wait for: that a switch is turned back, that less value is in transit, that a provider answers. */
export type Hold = "switch" | "exposure" | "breaker";

/** What holds this start back. Nothing lets exactly one saga through: after an outage its place may be the probe's. */
export const holdOnStart = (gate: StartGate, rail: Rail): Promise<Hold | undefined> =>
  holdBy(gate, rail, async (provider) => !(await gate.breaker.admits(provider)));

/** True while starts wait on purpose, so that a pending payment is not a forgotten one. */
export const areStartsHeld = async (gate: StartGate, rail: Rail): Promise<boolean> =>
  (await holdBy(gate, rail, (provider) => gate.breaker.isOpen(provider))) !== undefined;

/** The breaker comes last, for asking it may take the probe's place. */
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
