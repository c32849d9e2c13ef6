// Evidence of an operator about an operation that the provider may have forgotten: a fact like any
// other, which the saga reads instead of asking. While the provider remembers, the provider is
// asked, and its answer beats the operator's evidence.
import type { Learned } from "../lib/contracts/types.ts";
import type { PaymentRecord } from "../lib/domain/payment.ts";
import { classifyFact, type Fact } from "../lib/domain/provider-fact.ts";
import { isUndo, providerKey, stepOf } from "../lib/domain/saga-definition.ts";
import { executionOf } from "../lib/domain/saga-executions.ts";
import { SagaNotRedrivable, StoreContention, Superseded } from "../lib/errors/registry.ts";
import type { Clock } from "../lib/ports/clock.ts";
import type { PaymentStore } from "../lib/ports/payment-store.ts";
import type { Provider, ProviderAnswer } from "../lib/ports/provider.ts";
import { hasSendWindowPassed, isKeyExpired, reliableAnswer } from "../lib/saga/provider-outcome.ts";
import { assertAllowed, isSettled } from "./allowed-evidence.ts";

export type EvidencePorts = {
  payments: PaymentStore;
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
  if (kept && classifyFact(kept, evidence) === "known") return learned;
  if (payment.status !== "IN_REVIEW") {
    if (kept?.state === state) return learned;
    throw new SagaNotRedrivable(`the payment is not parked: ${payment.status}`);
  }
  if (isSettled(payment, operation)) throw new SagaNotRedrivable(`${operation} is in doubt no more`);
  const provider = ports.providerOf(operation);
  const answer = await asked({ ...ports, provider }, payment, operation);
  await assertUnchanged(ports, payment);
  if (answer.outcome === state && answer.outcome !== "tombstoned")
    return keep(ports, payment, confirmed(evidence, answer), kept);
  if (answer.outcome !== "unknown" && answer.outcome !== "absent")
    throw new SagaNotRedrivable(`the provider says that it is ${answer.outcome}`);
  if (!isKeyExpired({ ...ports, provider }, payment, operation))
    throw new SagaNotRedrivable("the provider still remembers: it is asked, and its answer is waited for");
  if (state !== "succeeded") await forbid(ports, payment, provider, operation);
  return keep(ports, payment, evidence, kept?.id === evidence.id && kept.state === state ? kept : undefined);
}

/** The provider's answer now, as far as it is reliable. */
async function asked(
  ports: EvidencePorts & { provider: Provider },
  payment: PaymentRecord,
  operation: Learned["operation"],
): Promise<ProviderAnswer> {
  const answer = await ports.provider.find(providerKey(payment.payment_id, operation));
  return isUndo(operation) ? answer : reliableAnswer(ports, payment, operation, answer);
}

/** The evidence as the provider confirms it, in the provider's name. */
const confirmed = ({ by: _, ...evidence }: Fact, answer: ProviderAnswer): Fact =>
  answer.outcome === "succeeded"
    ? {
        ...evidence,
        id: answer.id,
        ...(answer.received === undefined ? {} : { received: Number(answer.received) }),
      }
    : evidence;

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
  { payments, clock }: EvidencePorts,
  payment: PaymentRecord,
  provider: Provider,
  operation: Learned["operation"],
): Promise<void> {
  const step = stepOf(operation);
  const assertSpent = ({ marks }: PaymentRecord) => {
    if (!hasSendWindowPassed(marks.intent[step] ?? 0, provider, clock))
      throw new SagaNotRedrivable("a request may still be on its way: say it again in a minute");
  };
  assertSpent(payment);
  const guard = { execution: executionOf(payment), acceptsUnclaimed: true };
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

/** Replaces the provider's own final fact only where that is `replaced`. */
async function keep(
  { payments }: EvidencePorts,
  { payment_id }: PaymentRecord,
  fact: Fact,
  replaced: Fact | undefined,
): Promise<Learned> {
  const recorded = await payments.recordFact(payment_id, fact, replaced);
  if (recorded.outcome === "contradicts")
    throw new SagaNotRedrivable(`the provider told otherwise: ${recorded.kept.id} ${recorded.kept.state}`);
  const { at: _, by: __, ...kept } = fact;
  return kept as Learned;
}
