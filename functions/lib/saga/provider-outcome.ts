// What became of an operation at its provider: from what the provider told, from our own record, or
// from an answer. One judgement for every way in which a word arrives: a success is compared with
// the question, a denial counts only while the provider still remembers the key, and a word that
// contradicts another one stops everything.
import { isKeyExpired } from "../domain/key-expiry.ts";
import { isRuledOut } from "../domain/open-effects.ts";
import { isRefused, type PaymentRecord } from "../domain/payment.ts";
import type { Question } from "../domain/provider-answer.ts";
import { asAsked, type Difference } from "../domain/provider-answer.ts";
import {
  type Fact,
  heardOf,
  isShownBy,
  keptOf,
  reliedOn,
  saidIn,
  type Word,
} from "../domain/provider-fact.ts";
import {
  type ForwardOperation,
  type ProviderOperation,
  providerKey,
  STEP_OF,
} from "../domain/saga-definition.ts";
import { AnswerDiffers, ContradictionStands } from "../errors/registry.ts";
import type { Breaker } from "../ports/breaker.ts";
import type { Clock } from "../ports/clock.ts";
import type { PaymentStore } from "../ports/payment-store.ts";
import type { Provider, ProviderAnswer } from "../ports/provider.ts";

export type ProviderPorts = { payments: PaymentStore; provider: Provider; breaker: Breaker; clock: Clock };
type Nature = Pick<Provider, "nature">;

/** An operation of a payment, and what was asked. */
export type Asked<Operation = ProviderOperation> = {
  payment: PaymentRecord;
  operation: Operation;
  question: Question;
};

/**
 * What became of the operation. Nothing is changed at the provider. Throws AnswerDiffers and
 * ContradictionStands.
 */
export const queryOutcome = (ports: ProviderPorts, asked: Asked<ForwardOperation>): Promise<ProviderAnswer> =>
  outcomeBy(ports, asked, () => answerTo(ports, asked, ports.provider.find(keyOf(asked))));

/**
 * What became of the operation, once it can begin no more. A provider that keeps tombstones sets
 * one for a key that it has not seen; any other is only queried. Throws as `queryOutcome` does.
 */
export const forbidThenQuery = (
  ports: ProviderPorts,
  asked: Asked<ForwardOperation>,
): Promise<ProviderAnswer> =>
  outcomeBy(ports, asked, async () => {
    const { provider } = ports;
    const { payment, operation } = asked;
    if (!provider.nature.tombstones) return answerTo(ports, asked, provider.find(keyOf(asked)));
    const answer = await answerTo(ports, asked, provider.tombstone(keyOf(asked), payment.payment_id));
    // It may have told of a success, and denied it when it was asked: now it has to say which.
    const told = heardOf(payment.facts, operation);
    if (told?.state === "succeeded") return besideTold(ports, asked, told, answer);
    // It was to set a tombstone: that it knows nothing of the key promises nothing.
    return answer.outcome === "absent" ? NO_PROMISE : answer;
  });

const NO_PROMISE: ProviderAnswer = {
  outcome: "unknown",
  message: "it was asked for a tombstone, and set none",
};

const keyOf = ({ payment, operation }: Asked): string => providerKey(payment.payment_id, operation);

async function outcomeBy(
  ports: ProviderPorts,
  asked: Asked<ForwardOperation>,
  ask: () => Promise<ProviderAnswer>,
): Promise<ProviderAnswer> {
  const { payment, operation } = asked;
  const isFinal = isFinalRefusal(payment, operation, ports.provider);
  const told = await outcomeTold(ports, asked);
  // Decided anew since, it may have happened under the same key: the newest word counts.
  const isOpen = told?.outcome === "pending" || (told?.outcome === "refused" && !isFinal);
  const known = (isOpen ? undefined : told) ?? outcomeRecorded(payment, operation) ?? (await ask());
  if (known.outcome === "differs") throw await differing(ports, asked, known);
  return known;
}

/** True where a told refusal is final: by the provider's nature, or because a person said it. */
export const isFinalRefusal = (
  { facts }: PaymentRecord,
  operation: ForwardOperation,
  { nature }: Nature,
): boolean => nature.keeps_refusals || reliedOn(facts, operation)?.by !== undefined;

/** Our record of a refusal or of an earlier undo stands, even after the provider's key expired. */
function outcomeRecorded(payment: PaymentRecord, operation: ForwardOperation): ProviderAnswer | undefined {
  const step = STEP_OF[operation];
  if (payment.failure && isRefused(payment, step))
    return { outcome: "refused", message: payment.failure.message };
  return isRuledOut(payment, step) ? { outcome: "tombstoned" } : undefined;
}

/**
 * What the provider told of its own accord; undefined while it told nothing final that may be
 * relied on. A success is not believed before the provider was asked once: what it answers counts,
 * and its word alone only where it gives no answer. Throws ContradictionStands.
 */
export async function outcomeTold(ports: ProviderPorts, asked: Asked): Promise<ProviderAnswer | undefined> {
  const fact = heardOf(asked.payment.facts, asked.operation);
  switch (fact?.state) {
    case "refused":
      return { outcome: "refused", message: `the provider refused the ${fact.operation}` };
    case "tombstoned":
      return { outcome: "tombstoned" };
    case "succeeded":
      return confirmed(ports, asked, fact);
    default:
      return undefined;
  }
}

async function confirmed(ports: ProviderPorts, asked: Asked, fact: Fact): Promise<ProviderAnswer> {
  const said: ProviderAnswer = { outcome: "succeeded", ...saidIn(fact) };
  // For an operator's evidence the provider was asked before it was taken.
  if (fact.by !== undefined) return asAsked(asked.question, said, "some");
  const told = asAsked(asked.question, said);
  const answer = await answerTo(ports, asked, ports.provider.find(keyOf(asked)));
  if (answer.outcome !== "unknown") return besideTold(ports, asked, fact, answer);
  // Of what differed when it was said nothing is booked, whatever the comparison says now.
  return fact.differs && told.outcome === "succeeded" ? answer : told;
}

/** An answer about what was told to have succeeded. Throws ContradictionStands. */
async function besideTold(
  ports: ProviderPorts,
  asked: Asked,
  fact: Fact,
  answer: ProviderAnswer,
): Promise<ProviderAnswer> {
  switch (answer.outcome) {
    case "succeeded":
      if (isShownBy(answer.id, fact)) return answer;
      throw await contradicting(ports, asked, fact, { state: "succeeded", ...keptOf(answer) });
    case "refused":
    case "tombstoned":
      throw await contradicting(ports, asked, fact, { state: answer.outcome, id: keyOf(asked) });
    default:
      return answer;
  }
}

/** The answer is kept as the provider's second word: a person says which of the two holds. */
async function contradicting(
  { payments, clock }: ProviderPorts,
  { payment, operation }: Asked,
  fact: Fact,
  word: Omit<Word, "at">,
): Promise<ContradictionStands> {
  const at = new Date(clock.now()).toISOString();
  await payments.dispute(payment.payment_id, fact, { operation, ...word, at });
  const answered = word.state === fact.state ? `${word.state} under another id` : word.state;
  return new ContradictionStands(
    `the provider told ${fact.state} of the ${operation}, and answers ${answered}`,
  );
}

/**
 * What the step says of a success of something else. The provider's words are kept beside the
 * payment, where people find the amounts, and the error names none.
 */
export async function differing(
  { payments, clock }: Pick<ProviderPorts, "payments" | "clock">,
  { payment, operation }: Asked,
  answer: Difference,
): Promise<AnswerDiffers> {
  const { reference, ...same } = answer;
  const fact: Fact = {
    operation,
    state: "succeeded",
    ...keptOf(reference === payment.payment_id ? same : answer),
    at: new Date(clock.now()).toISOString(),
    doubt: `it says ${answer.details}`,
    differs: true,
  };
  const recorded = await payments.recordFact(payment.payment_id, fact);
  if (recorded.outcome === "contradicts") await payments.dispute(payment.payment_id, recorded.kept, fact);
  return new AnswerDiffers(`the ${operation} is not what was asked for: ${answer.members.join(", ")}`);
}

/** An answer about the operation, reported to the breaker, as far as it can be relied on. */
export async function answerTo(
  ports: Omit<ProviderPorts, "payments">,
  asked: Asked,
  answering: Promise<ProviderAnswer>,
): Promise<ProviderAnswer> {
  const answer = await answering;
  await reportAnswer(ports, asked.payment, answer);
  return reliable(ports, asked, answer);
}

/**
 * A denial proves nothing once the key may be forgotten. Until then, what the provider has told of
 * is not absent any more.
 */
export function reliable(
  { provider: { nature }, clock }: { provider: Nature; clock: Clock },
  { payment, operation, question }: Asked,
  answer: ProviderAnswer,
): ProviderAnswer {
  const { outcome } = answer;
  const isDenied = outcome === "absent" || outcome === "tombstoned";
  if (isDenied && isKeyExpired(payment, operation, nature, clock)) return KEY_EXPIRED;
  const told = heardOf(payment.facts, operation)?.state;
  if (outcome === "absent" && (told === "pending" || told === "succeeded")) return { outcome: "pending" };
  return asAsked(question, answer);
}

const KEY_EXPIRED: ProviderAnswer = {
  outcome: "unknown",
  message: "the provider may have forgotten the key",
};

/** The answer in words for whoever is on call. An unknown outcome keeps its reason. */
export function describeAnswer(answer: ProviderAnswer): string {
  if (answer.outcome === "unknown") return `unknown: ${answer.message}`;
  return answer.outcome === "rejected" ? `rejected: ${answer.code}` : answer.outcome;
}

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
  // Our own rate is no word about the provider: it neither opens the breaker nor closes it.
  if (answer.outcome === "unknown" && answer.throttled) return;
  const isUnavailable = answer.outcome === "unknown" && answer.unavailable === true;
  await breaker.report(nature.name, isUnavailable ? "unavailable" : "answered");
}
