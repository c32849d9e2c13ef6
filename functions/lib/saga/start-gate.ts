// Whether sagas of a rail may start now. While they may not, a payment is accepted all the same and
// waits in the start queue.
import { isOnlyToEnd } from "../domain/cancel.ts";
import type { PaymentRecord } from "../domain/payment.ts";
import { providersOf } from "../domain/saga-definition.ts";
import type { Breaker } from "../ports/breaker.ts";
import type { Exposure } from "../ports/exposure.ts";
import type { Switches } from "../ports/switches.ts";

export type StartGate = { breaker: Breaker; switches: Switches; exposure: Exposure };
/** Starts wait until the switch is off, less value is in transit, or the provider answers. */
export type Hold = "switch" | "exposure" | "breaker";

type Starting = Pick<PaymentRecord, "rail" | "owner_execution" | "cancel_requested_at">;

/**
 * What holds this start back. `undefined` lets exactly one saga start: after an outage it may be
 * the provider's probe.
 */
export const holdOnStart = (gate: StartGate, payment: Starting): Promise<Hold | undefined> =>
  holdBy(gate, payment, async (provider) => !(await gate.breaker.admits(provider)));

/** True while its start waits on purpose: a pending payment is then no finding. */
export const isStartHeld = async (gate: StartGate, payment: Starting): Promise<boolean> =>
  (await holdBy(gate, payment, (provider) => gate.breaker.isOpen(provider))) !== undefined;

/**
 * What is only to end buys nothing and asks no provider: a switch alone holds it back, for whoever
 * turned it on wants nothing to start. The breaker comes last, because asking it may take the
 * probe's place.
 */
async function holdBy(
  { switches, exposure }: StartGate,
  payment: Starting,
  isBroken: (provider: string) => Promise<boolean>,
): Promise<Hold | undefined> {
  const { rail } = payment;
  if (await switches.isOn("hold-starts", rail)) return "switch";
  if (isOnlyToEnd(payment)) return undefined;
  if (await exposure.isFull(rail)) return "exposure";
  for (const provider of providersOf(rail)) if (await isBroken(provider)) return "breaker";
  return undefined;
}
