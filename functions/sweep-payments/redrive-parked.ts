// Redrives parked payments whose saga gave up because a provider or a service did not answer. The
// number per sweep is bounded, the pauses grow, and the tries end. Nothing is redriven while the
// provider is down. Every other parked payment waits for a person.
import type { PaymentEvent } from "../lib/contracts/event-types.ts";
import type { PaymentRecord } from "../lib/domain/payment.ts";
import { hasFinalWord } from "../lib/domain/provider-fact.ts";
import type { Saga } from "../lib/domain/saga.ts";
import { END, PROVIDER_OF, type ProviderOperation, SAGAS } from "../lib/domain/saga-definition.ts";
import { outageActionFor } from "../lib/domain/value-in-transit.ts";
import { kindOf, PLATFORM_ERRORS } from "../lib/errors/registry.ts";
import type { Breaker } from "../lib/ports/breaker.ts";
import type { Clock } from "../lib/ports/clock.ts";
import type { PolicySource } from "../lib/ports/policy-source.ts";
import type { ParkedAt } from "../lib/saga/park-payment.ts";
import { type RedrivePorts, redrive } from "../lib/saga/redrive-payment.ts";

export type RedriveParkedPorts = RedrivePorts & {
  breaker: Pick<Breaker, "isOpen">;
  policies: PolicySource;
  clock: Clock;
};

const stateOf = (fn: string): string =>
  fn.replaceAll(/(^|-)([a-z])/g, (_, _dash, letter) => letter.toUpperCase());

/**
 * The states that may simply run again, because an execution that gives up in them leaves nothing
 * half done, and what each asks of a provider. They are the undos, the Resolves, fail-payment, and
 * the retriable steps up to the one that completes the payment.
 */
export const statesToRepeat = (all: readonly Saga[]): Map<string, string | undefined> =>
  new Map([
    ...all.flatMap(({ steps }) => {
      const last = steps.findIndex(({ event }) => event === "payment.completed");
      return steps.flatMap(({ step, undo, resolve, retriable, provider }, index) => [
        ...(undo ? [[stateOf(undo), provider?.undoes] as const] : []),
        ...(resolve ? [[stateOf(resolve), provider?.asks] as const] : []),
        ...(retriable && index <= last ? [[stateOf(step), undefined] as const] : []),
      ]);
    }),
    [stateOf(END), undefined] as const,
  ]);
const ASKED_BY = statesToRepeat(SAGAS) as Map<string, ProviderOperation | undefined>;
const PASSING_KINDS = ["transient", "unknown", "undo", "verdict"];
const PASSING_ERRORS: readonly string[] = Object.values(PLATFORM_ERRORS).flat();
const MOST_REDRIVES = 10;
const FIRST_PAUSE_MS = 120_000;
const LONGEST_PAUSE_MS = 3_600_000;

/**
 * Returns true when the payment was redriven. `events` are its trail, `parked` is what the last of
 * them says. `pace` runs before each call of Step Functions. Throws SagaNotRedrivable where Step
 * Functions refuses, and StoreContention for a payment that changes meanwhile.
 */
export const redriveParked =
  (ports: RedriveParkedPorts) =>
  async (
    payment: PaymentRecord,
    events: PaymentEvent[],
    parked: ParkedAt,
    pace: () => Promise<void>,
  ): Promise<boolean> => {
    const pause = pauseAfter(events, parked, finalFacts(payment));
    if (pause === undefined || Date.parse(payment.updated_at) >= ports.clock.ago(pause)) return false;
    if (!(await mayBeAsked(ports, payment, parked.state))) return false;
    await pace();
    await redrive(ports)(payment);
    return true;
  };

/**
 * How many final facts the provider reported. The saga may have given up waiting for one of them,
 * so each is worth one more try.
 */
const finalFacts = ({ facts = {} }: PaymentRecord): number =>
  Object.values(facts).filter(({ operation }) => hasFinalWord(facts, operation)).length;

/**
 * False while the provider that the state asks is down. A payment whose fact is reported, or that
 * is to be unwound, does not wait for the provider. A payment on hold waits for a person.
 */
async function mayBeAsked(
  { breaker, policies, clock }: RedriveParkedPorts,
  payment: PaymentRecord,
  state: string,
): Promise<boolean> {
  const asked = ASKED_BY.get(state);
  if (!asked || hasFinalWord(payment.facts, asked)) return true;
  if (state === "ResolveOffRamp") {
    const outlook = outageActionFor(payment, policies.deployment.off_ramp_outage, clock);
    if (outlook !== "resume") return outlook === "unwind";
  }
  return !(await breaker.isOpen(PROVIDER_OF[asked]));
}

/**
 * How long the payment stays parked before the next redrive, in milliseconds; undefined when only a
 * person may redrive it.
 */
function pauseAfter(
  events: PaymentEvent[],
  { execution, state, error }: ParkedAt,
  finalOnes: number,
): number | undefined {
  const passes = PASSING_KINDS.includes(kindOf(error) ?? "") || PASSING_ERRORS.includes(error);
  const redrives = events.filter(
    (event) => event.type === "payment.resumed" && event.data.execution === execution,
  ).length;
  if (!ASKED_BY.has(state) || !passes || redrives >= MOST_REDRIVES + finalOnes) return undefined;
  return Math.min(FIRST_PAUSE_MS * 2 ** redrives, LONGEST_PAUSE_MS);
}
