// Evidence of an operator about an operation that the provider may have forgotten: a fact like any
// other, which the saga reads instead of asking. While the provider remembers, the provider is
// asked, and its answer beats the operator's evidence.
import type { Learned } from "../lib/contracts/types.ts";
import { isKeyExpired } from "../lib/domain/key-expiry.ts";
import type { PaymentRecord } from "../lib/domain/payment.ts";
import type { Question } from "../lib/domain/provider-answer.ts";
import { asAsked } from "../lib/domain/provider-answer.ts";
import {
  classifyFact,
  type Fact,
  isSameWord,
  keptOf,
  type Word,
  wordOf,
} from "../lib/domain/provider-fact.ts";
import { isUndo, providerKey, stepOf } from "../lib/domain/saga-definition.ts";
import { executionOf } from "../lib/domain/saga-executions.ts";
import { InvalidRequest, SagaNotRedrivable, StoreContention, Superseded } from "../lib/errors/registry.ts";
import type { Clock } from "../lib/ports/clock.ts";
import type { PaymentStore } from "../lib/ports/payment-store.ts";
import type { Provider, ProviderAnswer } from "../lib/ports/provider.ts";
import type { QuoteStore } from "../lib/ports/quote-store.ts";
import { questionFor } from "../lib/saga/conversion-terms.ts";
import { type Asked, reliable } from "../lib/saga/provider-outcome.ts";
import { hasSendWindowPassed } from "../lib/saga/ruled-out.ts";
import { assertAllowed, isSettled } from "./allowed-evidence.ts";

export type EvidencePorts = {
  payments: PaymentStore;
  quotes: QuoteStore;
  clock: Clock;
  providerOf(operation: Learned["operation"]): Provider;
};

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
  if (contradicted) return decide(ports, payment, contradicted, evidence);
  const provider = ports.providerOf(operation);
  const answer = await asked({ ...ports, provider }, { payment, operation, question }, state);
  await assertUnchanged(ports, payment);
  if (answer.outcome === state && answer.outcome !== "tombstoned")
    return keep(ports, payment, confirmed(evidence, answer));
  // What the provider did instead of what it was asked for is put right by people, on both sides.
  if (answer.outcome !== "differs") assertNobodyKnows({ ...ports, provider }, payment, operation, answer);
  if (state !== "succeeded") {
    // What is not taken must not forbid anything either.
    if (kept && classifyFact(kept, evidence) === "contradicts") throw toldOtherwise(kept);
    await forbid(ports, payment, operation);
  }
  return keep(ports, payment, evidence);
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

/**
 * The operator says which of the provider's two words holds, by its state, its id and what it says
 * that the ramp gave. It is kept in the operator's name, beside the word that it overrules.
 */
async function decide(
  ports: EvidencePorts,
  payment: PaymentRecord,
  { contradicted: second, by: _, ...kept }: Fact & { contradicted: Word },
  { operation, state, id, received, by }: Fact,
): Promise<Learned> {
  const { operation: __, ...first } = kept;
  const isMeant = (word: Word & Pick<Fact, "differs">): boolean =>
    word.state === state &&
    word.id === id &&
    (word.received === undefined || word.received === received || word.differs === true);
  if (!isMeant(first) && !isMeant(second)) {
    const said = [first, second].map((word) => sentenceOf(operation, word)).join(", and ");
    throw invalid("/learned", `the provider said ${said}: name one of the two by its state and id`);
  }
  const [holds, overruled] = isMeant(first) ? [first, second] : [second, first];
  if (state !== "succeeded") await forbid(ports, payment, operation);
  const decided: Fact = {
    ...vouched(holds),
    ...(received === undefined ? {} : { received }),
    operation,
    by: by as string,
    overruled,
  };
  await ports.payments.settle(payment.payment_id, decided);
  return learnedOf(decided);
}

const sentenceOf = (operation: string, word: Word): string =>
  `${wordOf(operation, word)}${word.received === undefined ? "" : ` and gave ${word.received}`}`;

/** Where something else was done, the person vouches that it was made good. */
function vouched(word: Word & Pick<Fact, "doubt" | "differs">): Word {
  const { state, id, at } = word;
  return word.differs ? { state, id, at } : word;
}

const isContradicted = (fact: Fact): fact is Fact & { contradicted: Word } => fact.contradicted !== undefined;

const invalid = (pointer: string, detail: string): InvalidRequest =>
  new InvalidRequest("this cannot be said of the payment", [{ pointer, detail }]);

/** The fact as an operator says it. */
const learnedOf = ({ operation, state, id, received }: Fact): Learned =>
  ({ operation, state, id, ...(received === undefined ? {} : { received }) }) as Learned;

/** The provider's answer now, as far as it is reliable. */
async function asked(
  { provider, clock }: EvidencePorts & { provider: Provider },
  about: Asked,
  state: Learned["state"],
): Promise<ProviderAnswer> {
  const { payment, operation, question } = about;
  const answer = await provider.find(providerKey(payment.payment_id, operation));
  // It says that it happened, if not what: nobody says that it did not.
  if (answer.outcome === "succeeded" && state !== "succeeded") {
    const judged = asAsked(question, answer);
    return judged.outcome === "differs" ? judged : answer;
  }
  // A denial of an undo is read as it is: only its success is evidence.
  return isUndo(operation) ? asAsked(question, answer) : reliable({ provider, clock }, about, answer);
}

/** The evidence as the provider confirms it, in the provider's name. */
const confirmed = ({ by: _, ...evidence }: Fact, answer: ProviderAnswer): Fact =>
  answer.outcome === "succeeded" ? { ...evidence, ...keptOf(answer) } : evidence;

/** A query takes seconds, in which the sweep may have redriven the payment. */
async function assertUnchanged({ payments }: EvidencePorts, read: PaymentRecord): Promise<void> {
  const now = await payments.load(read.payment_id);
  if (now?.version !== read.version)
    throw new StoreContention("the payment changed while its provider was asked");
}

/**
 * An operation that did not happen must not happen later: no try of ours may begin it, and no
 * request may still be on its way.
 */
async function forbid(
  { payments, clock, providerOf }: EvidencePorts,
  payment: PaymentRecord,
  operation: Learned["operation"],
): Promise<void> {
  const step = stepOf(operation);
  const provider = providerOf(operation);
  const assertSpent = ({ marks }: PaymentRecord) => {
    if (!hasSendWindowPassed(marks.intent[step] ?? 0, provider, clock))
      throw new SagaNotRedrivable("a request may still be on its way: say it again in a minute");
  };
  assertSpent(payment);
  const guard = { execution: executionOf(payment), acceptsUnclaimed: true, evenDisputed: true } as const;
  const { payment: marked } = await payments
    .mark(payment.payment_id, "tombstone", step, guard)
    .catch(takenOver);
  assertSpent(marked);
}

/** A new attempt that owns the payment by now is no defect: the caller looks again. */
function takenOver(error: unknown): never {
  if (!(error instanceof Superseded)) throw error;
  throw new SagaNotRedrivable("another execution took the payment over meanwhile");
}

const toldOtherwise = ({ id, state }: Fact): SagaNotRedrivable =>
  new SagaNotRedrivable(`the provider told otherwise: ${id} ${state}`);

/** What the provider told, and nobody doubts, stands against an operator's word. */
async function keep(
  { payments }: EvidencePorts,
  { payment_id }: PaymentRecord,
  fact: Fact,
): Promise<Learned> {
  const recorded = await payments.recordFact(payment_id, fact);
  if (recorded.outcome === "contradicts") throw toldOtherwise(recorded.kept);
  return learnedOf(fact);
}
