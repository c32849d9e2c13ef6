// Redrives parked payments whose undo or Resolve gave up on somebody who did not answer: a few per sweep, each at growing
// distances and not for ever, and not while the provider is down. Everything else that is parked waits for a person.
import { executionOf } from "../lib/domain/attempts.ts";
import type { PaymentEvent } from "../lib/domain/events.ts";
import type { PaymentRecord } from "../lib/domain/payment.ts";
import { providersOf } from "../lib/domain/rails.ts";
import { kindOf, PLATFORM_ERRORS } from "../lib/errors/registry.ts";
import type { Breaker } from "../lib/ports/breaker.ts";
import type { Clock } from "../lib/ports/clock.ts";
import { type RedrivePorts, redrive } from "../lib/saga/redrive.ts";

export type RedriveParkedPorts = RedrivePorts & { breaker: Pick<Breaker, "isOpen">; clock: Clock };

/** Where an execution that gives up has left nothing half done: it only has to be asked again. */
const REDRIVABLE_STATES = ["ReverseLedger", "VoidAuthorization", "FailPayment", "ResolveCapture"];
const PASSING_KINDS = ["transient", "unknown", "undo", "verdict"];
const PASSING_ERRORS: readonly string[] = Object.values(PLATFORM_ERRORS).flat();
const MOST_REDRIVES = 10;
const FIRST_PAUSE_MS = 120_000;
const LONGEST_PAUSE_MS = 3_600_000;

/** True when it was redriven. Throws SagaNotRedrivable where Step Functions refuses, StoreContention for a payment in motion. */
export const redriveParked =
  (ports: RedriveParkedPorts) =>
  async (payment: PaymentRecord): Promise<boolean> => {
    const { payments, breaker, clock } = ports;
    const execution = executionOf(payment);
    const pause = pauseAfter(await payments.events(payment.payment_id), execution);
    if (pause === undefined || Date.parse(payment.updated_at) >= clock.ago(pause)) return false;
    for (const provider of providersOf(payment.rail)) if (await breaker.isOpen(provider)) return false;
    await redrive(ports)(payment);
    return true;
  };

/** How long the payment rests where it was parked, in milliseconds; undefined when only a person may take it up. */
function pauseAfter(events: PaymentEvent[], execution: string): number | undefined {
  const last = events.at(-1);
  if (last?.type !== "payment.parked" || last.data.execution !== execution) return undefined;
  const { state, error } = last.data;
  const passes = PASSING_KINDS.includes(kindOf(error) ?? "") || PASSING_ERRORS.includes(error);
  const redrives = events.filter(
    (event) => event.type === "payment.resumed" && event.data.execution === execution,
  ).length;
  if (!REDRIVABLE_STATES.includes(state) || !passes || redrives >= MOST_REDRIVES) return undefined;
  return Math.min(FIRST_PAUSE_MS * 2 ** redrives, LONGEST_PAUSE_MS);
}
