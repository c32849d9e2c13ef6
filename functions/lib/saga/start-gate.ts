// Whether sagas of a rail may start now. A payment whose saga may not is accepted all the same, and waits in the start queue.
import type { Rail } from "../contracts/types.ts";
import { providersOf } from "../domain/rails.ts";
import type { Breaker } from "../ports/breaker.ts";
import type { Exposure } from "../ports/exposure.ts";
import type { Switches } from "../ports/switches.ts";

export type StartGate = { breaker: Breaker; switches: Switches; exposure: Exposure };

/** True lets exactly one saga through: after an outage its place may be the probe's. */
export async function mayStart({ breaker, switches, exposure }: StartGate, rail: Rail): Promise<boolean> {
  if (await switches.isOn("hold-starts", rail)) return false;
  if (await exposure.isFull(rail)) return false;
  for (const provider of providersOf(rail)) if (!(await breaker.admits(provider))) return false;
  return true;
}

/** True while starts wait on purpose, so that a pending payment is not a forgotten one. */
export async function areStartsHeld(
  { breaker, switches, exposure }: StartGate,
  rail: Rail,
): Promise<boolean> {
  if (await switches.isOn("hold-starts", rail)) return true;
  if (await exposure.isFull(rail)) return true;
  for (const provider of providersOf(rail)) if (await breaker.isOpen(provider)) return true;
  return false;
}
