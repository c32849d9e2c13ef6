// What became of an operation at its provider: from the fact that the provider reported, from our
// own record, or from an answer to a query. Nothing is decided here; a fact outranks an answer, and
// an answer is relied on only while the provider still remembers the key.
import { isRuledOut } from "../domain/open-effects.ts";
import { isRefused, type PaymentRecord } from "../domain/payment.ts";
import { type Fact, requiresReceivedAmount } from "../domain/provider-fact.ts";
import {
  type ForwardOperation,
  isUndo,
  type ProviderOperation,
  providerKey,
  STEP_OF,
  stepOf,
} from "../domain/saga-definition.ts";
import { OutcomeAbsent, OutcomePending } from "../errors/registry.ts";
import type { Breaker } from "../ports/breaker.ts";
import type { Clock } from "../ports/clock.ts";
import type { Provider, ProviderAnswer } from "../ports/provider.ts";

export type ProviderPorts = { provider: Provider; breaker: Breaker; clock: Clock };
type Nature = Pick<Provider, "nature">;

/** What became of the operation. Nothing is changed at the provider. */
export const queryOutcome = (
  ports: ProviderPorts,
  payment: PaymentRecord,
  operation: ForwardOperation,
): Promise<ProviderAnswer> => outcomeBy(ports, payment, operation, (key) => ports.provider.find(key));

/**
 * What became of the operation, once it can begin no more. A provider that keeps tombstones sets
 * one for a key that it has not seen; any other is only queried.
 */
export const forbidThenQuery = (
  ports: ProviderPorts,
  payment: PaymentRecord,
  operation: ForwardOperation,
): Promise<ProviderAnswer> =>
  outcomeBy(ports, payment, operation, (key) =>
    ports.provider.nature.tombstones
      ? ports.provider.tombstone(key, payment.payment_id)
      : ports.provider.find(key),
  );

async function outcomeBy(
  ports: ProviderPorts,
  payment: PaymentRecord,
  operation: ForwardOperation,
  ask: (key: string) => Promise<ProviderAnswer>,
): Promise<ProviderAnswer> {
  const known = outcomeFromFact(payment.facts?.[operation]) ?? outcomeFromRecord(payment, operation);
  if (known) return known;
  const answer = await ask(providerKey(payment.payment_id, operation));
  await reportAnswer(ports, payment, answer);
  return outcomeFromAnswer(ports, payment, operation, answer);
}

/** Our record of a refusal or of an earlier undo stands, even after the provider's key expired. */
function outcomeFromRecord(payment: PaymentRecord, operation: ForwardOperation): ProviderAnswer | undefined {
  const step = STEP_OF[operation];
  if (payment.failure && isRefused(payment, step))
    return { outcome: "refused", message: payment.failure.message };
  return isRuledOut(payment, step) ? { outcome: "tombstoned" } : undefined;
}

/**
 * The fact as an answer; undefined unless the fact is final. A ramp's success without an amount is
 * not final. A webhook carries no reason, so the message of a refusal is ours.
 */
export function outcomeFromFact(fact: Fact | undefined): ProviderAnswer | undefined {
  switch (fact?.state) {
    case "succeeded":
      return successFromFact(fact);
    case "refused":
      return { outcome: "refused", message: `the provider refused the ${fact.operation}` };
    case "tombstoned":
      return { outcome: "tombstoned" };
    default:
      return undefined;
  }
}

function successFromFact(fact: Fact): ProviderAnswer | undefined {
  const { id, received } = fact;
  if (received !== undefined) return { outcome: "succeeded", id, received: BigInt(received) };
  return requiresReceivedAmount(fact) ? undefined : { outcome: "succeeded", id };
}

/** The answer to a query. What the provider has reported once is not absent any more. */
export const outcomeFromAnswer = (
  ports: { provider: Nature; clock: Clock },
  payment: PaymentRecord,
  operation: ForwardOperation,
  answer: ProviderAnswer,
): ProviderAnswer =>
  answer.outcome === "absent" && payment.facts?.[operation]
    ? { outcome: "pending" }
    : reliableAnswer(ports, payment, operation, answer);

/** An answer about the operation's key, as far as it can be relied on. */
export function reliableAnswer(
  ports: { provider: Nature; clock: Clock },
  payment: PaymentRecord,
  operation: ForwardOperation,
  answer: ProviderAnswer,
): ProviderAnswer {
  const isDenial = answer.outcome === "absent" || answer.outcome === "tombstoned";
  return isDenial && isKeyExpired(ports, payment, operation) ? KEY_EXPIRED : answer;
}

const KEY_EXPIRED: ProviderAnswer = {
  outcome: "unknown",
  message: "the provider may have forgotten the key",
};

/**
 * True once the operation's key may have expired at the provider. The time counts from the first
 * request, or from the acceptance where none is known. From then on "never seen" proves nothing,
 * and a new tombstone does not exclude an earlier effect: a person must find out.
 */
export function isKeyExpired(
  { provider, clock }: { provider: Nature; clock: Clock },
  { marks, created_at }: PaymentRecord,
  operation: ProviderOperation,
): boolean {
  const first = (isUndo(operation) ? marks.undoing : marks.asked)[stepOf(operation)];
  return (first ?? Date.parse(created_at)) < clock.ago(provider.nature.key_ttl_seconds * 1000);
}

/**
 * A step may send for as long as its function lives after its intent, which is 20 s. The rest is
 * for an intent whose mark was written late.
 */
const SEND_WINDOW_SECONDS = 30;

/**
 * True when nothing that was sent on that intent can take effect any more. Until then, an operation
 * that the provider has not seen may still arrive. `intendedAt` is in milliseconds since the epoch.
 */
export const hasSendWindowPassed = (intendedAt: number, { nature }: Nature, clock: Clock): boolean =>
  intendedAt < clock.ago((SEND_WINDOW_SECONDS + nature.in_flight_seconds) * 1000);

/**
 * The error of a Resolve state for a pivot that was forbidden and is not known to have happened.
 * The pivot is absent only when it can no longer happen: refused, tombstoned, or unseen with the
 * send window passed.
 */
export function resolveError(what: string, answer: ProviderAnswer, isWindowPassed: boolean): Error {
  const { outcome } = answer;
  const isImpossible = outcome === "refused" || outcome === "tombstoned";
  return isImpossible || (outcome === "absent" && isWindowPassed)
    ? new OutcomeAbsent(`${what} ${outcome}`)
    : new OutcomePending(`${what} ${describeAnswer(answer)}`);
}

/** The answer in words for whoever is on call. An unknown outcome keeps its reason. */
export const describeAnswer = (answer: ProviderAnswer): string =>
  answer.outcome === "unknown" ? `unknown: ${answer.message}` : answer.outcome;

/**
 * Reports to the provider's breaker what the answer shows about the provider itself. A payment that
 * orders its own faults proves nothing about a provider that obeys such orders. `payment` carries
 * its metadata.
 */
export async function reportAnswer(
  { breaker, provider: { nature } }: { breaker: Breaker; provider: Nature },
  { metadata }: Pick<PaymentRecord, "metadata">,
  answer: ProviderAnswer,
): Promise<void> {
  if (nature.takes_orders && metadata?.sandbox !== undefined) return;
  const isUnavailable = answer.outcome === "unknown" && answer.unavailable === true;
  await breaker.report(nature.name, isUnavailable ? "unavailable" : "answered");
}
