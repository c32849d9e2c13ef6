// Evidence of an operator about an operation that the provider may have forgotten: a fact like any
// other, which the saga reads instead of asking. While the provider remembers, the provider is
// asked, and its answer beats the operator's evidence.
import type { Learned } from "../lib/contracts/types.ts";
import { isKeyExpired } from "../lib/domain/key-expiry.ts";
import type { PaymentRecord } from "../lib/domain/payment.ts";
import type { Question } from "../lib/domain/provider-answer.ts";
import { asAsked } from "../lib/domain/provider-answer.ts";
import { classifyFact, type Fact, isSameWord, keptOf } from "../lib/domain/provider-fact.ts";
import { isUndo, providerKey } from "../lib/domain/saga-definition.ts";
import { SagaNotRedrivable, StoreContention } from "../lib/errors/registry.ts";
import type { Provider, ProviderAnswer } from "../lib/ports/provider.ts";
import { questionFor } from "../lib/saga/conversion-terms.ts";
import { type Asked, reliable } from "../lib/saga/provider-outcome.ts";
import { assertAllowed, invalid, isSettled, learnedOf } from "./allowed-evidence.ts";
import { decide, isContradicted, overrule } from "./decide.ts";
import { type EvidencePorts, forbid } from "./forbid.ts";

/**
 * Keeps the evidence in the operator's name, or what the provider confirms in the provider's, and
 * returns what is kept. Repeated evidence is accepted. Throws InvalidRequest for evidence that
 * makes no sense for the payment, SagaNotRedrivable with the reason for evidence that is not taken,
 * and StoreContention when the payment changed meanwhile.
 */
export async function recordEvidence(
  ports: EvidencePorts,
  payment: PaymentRecord,
  learned: Learned,
  operator: string,
  isNewAttempt: boolean,
): Promise<Learned> {
  assertAllowed(payment, learned);
  const { operation, state } = learned;
  const kept = payment.facts?.[operation];
  const evidence: Fact = { ...learned, at: new Date(ports.clock.now()).toISOString(), by: operator };
  const isParked = payment.status === "IN_REVIEW";
  if (kept && isKnown(kept, evidence, isParked)) return learnedOf(kept);
  if (!isParked) throw new SagaNotRedrivable(`the payment is not parked: ${payment.status}`);
  const contradicted = kept && isContradicted(kept) ? kept : undefined;
  if (!contradicted && isSettled(payment, operation))
    throw new SagaNotRedrivable(`${operation} is in doubt no more`);
  const question = await questionFor(ports.quotes, payment, operation);
  assertAsked(question, learned);
  if (contradicted) return decide(ports, payment, contradicted, evidence, isNewAttempt);
  const provider = ports.providerOf(operation);
  const raw = await provider.find(providerKey(payment.payment_id, operation));
  await assertUnchanged(ports, payment);
  const isForgotten = isKeyExpired(payment, operation, provider.nature, ports.clock);
  const isUnknown = raw.outcome === "absent" && !isForgotten;
  if (isUnknown && isDeniedBy(evidence, kept)) return overrule(ports, payment, kept, evidence);
  const answer = judgedBy({ ...ports, provider }, { payment, operation, question }, raw, state);
  if (answer.outcome === state && answer.outcome !== "tombstoned")
    return keep(ports, payment, confirmed(evidence, answer));
  // What the provider did instead of what it was asked for is put right by people, on both sides.
  if (answer.outcome !== "differs") assertNobodyKnows({ ...ports, provider }, payment, operation, answer);
  if (state !== "succeeded") await forbidUnlessTold(ports, payment, evidence);
  return keep(ports, payment, evidence);
}

/** What is not taken must not forbid anything either. */
async function forbidUnlessTold(ports: EvidencePorts, payment: PaymentRecord, evidence: Fact): Promise<void> {
  const kept = payment.facts?.[evidence.operation];
  if (kept && classifyFact(kept, evidence) === "contradicts") throw toldOtherwise(kept);
  await forbid(ports, payment, evidence.operation);
}

/**
 * True when what is kept says the same, or nobody would take it up any more. Throws
 * SagaNotRedrivable for the word that an operator decided against.
 */
function isKnown(kept: Fact, evidence: Fact, isParked: boolean): boolean {
  const { doubt, contradicted, overruled, by, state } = kept;
  if (doubt !== undefined || contradicted !== undefined) return false;
  if (overruled && isSameWord(overruled, evidence) && !isSameWord(kept, evidence))
    throw new SagaNotRedrivable(`${by} decided that it is ${state}`);
  return classifyFact(kept, evidence) === "known" || (!isParked && state === evidence.state);
}

/** Throws InvalidRequest where the evidence says something else than what was asked for. */
function assertAsked(question: Question, { state, received }: Learned): void {
  const { receive_amount } = question;
  const isOther =
    receive_amount !== undefined && received !== undefined && BigInt(received) !== receive_amount;
  if (state === "succeeded" && isOther)
    throw invalid(
      "/learned/received",
      `the ramp was asked for ${receive_amount}: settle with it what it owes, or say that it did not happen`,
    );
}

/** Throws SagaNotRedrivable while the provider itself can say what became of the operation. */
function assertNobodyKnows(
  { provider, clock }: EvidencePorts & { provider: Provider },
  payment: PaymentRecord,
  operation: Learned["operation"],
  { outcome }: ProviderAnswer,
): void {
  if (outcome !== "unknown" && outcome !== "absent")
    throw new SagaNotRedrivable(`the provider says that it is ${outcome}`);
  if (!isKeyExpired(payment, operation, provider.nature, clock))
    throw new SagaNotRedrivable("the provider still remembers: it is asked, and its answer is waited for");
}

/** The evidence denies a success that the provider told, and no person. */
const isDeniedBy = (evidence: Fact, kept: Fact | undefined): kept is Fact =>
  evidence.state !== "succeeded" &&
  kept?.state === "succeeded" &&
  kept.by === undefined &&
  kept.doubt === undefined;

/** The provider's answer, as far as it is reliable. */
function judgedBy(
  { provider, clock }: EvidencePorts & { provider: Provider },
  about: Asked,
  answer: ProviderAnswer,
  state: Learned["state"],
): ProviderAnswer {
  const { operation, question } = about;
  // It says that it happened, if not what: nobody says that it did not.
  if (answer.outcome === "succeeded" && state !== "succeeded") {
    const judged = asAsked(question, answer);
    return judged.outcome === "differs" ? judged : answer;
  }
  // A denial of an undo is read as it is: only its success is evidence.
  return isUndo(operation) ? asAsked(question, answer) : reliable({ provider, clock }, about, answer);
}

/** The evidence as the provider confirms it, in the provider's name. */
function confirmed({ by: _, ...evidence }: Fact, answer: ProviderAnswer): Fact {
  if (answer.outcome !== "succeeded") return evidence;
  const { reference: __, ...said } = answer;
  return { ...evidence, ...keptOf(said) };
}

/** A query takes seconds, in which the sweep may have redriven the payment. */
async function assertUnchanged({ payments }: EvidencePorts, read: PaymentRecord): Promise<void> {
  const now = await payments.load(read.payment_id);
  if (now?.version !== read.version)
    throw new StoreContention("the payment changed while its provider was asked");
}

const toldOtherwise = ({ id, state }: Fact): SagaNotRedrivable =>
  new SagaNotRedrivable(`the provider told otherwise: ${id} ${state}`);

/** What the provider told, and nobody doubts, stands against an operator's word. */
async function keep(
  { payments }: EvidencePorts,
  { payment_id, facts }: PaymentRecord,
  fact: Fact,
): Promise<Learned> {
  const told = facts?.[fact.operation];
  if (told && classifyFact(told, fact) === "contradicts") throw toldOtherwise(told);
  const recorded = await payments.recordFact(payment_id, fact);
  if (recorded.outcome === "contradicts") throw toldOtherwise(recorded.kept);
  return learnedOf(fact);
}
