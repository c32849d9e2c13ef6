// Finds out whether an uncertain payout happened, and what becomes of the USDC if it did not: the
// payout is tried again, or the USDC is held, or it is sold back. Before a sale any further payout
// is forbidden on both sides: a payout is absent only when it cannot happen any more.
import type { SagaInput } from "../lib/contracts/types.ts";
import { type Guard, objectionTo } from "../lib/domain/guard.ts";
import { isDone, type PaymentRecord } from "../lib/domain/payment.ts";
import { questionOf } from "../lib/domain/question.ts";
import { type OutageAction, outageActionFor } from "../lib/domain/value-in-transit.ts";
import { OutcomeAbsent, OutcomePending, OutcomeResumable } from "../lib/errors/registry.ts";
import type { Breaker } from "../lib/ports/breaker.ts";
import type { Clock } from "../lib/ports/clock.ts";
import type { PaymentStore } from "../lib/ports/payment-store.ts";
import type { PolicySource } from "../lib/ports/policy-source.ts";
import type { ProviderAnswer } from "../lib/ports/provider.ts";
import type { QuoteStore } from "../lib/ports/quote-store.ts";
import type { OffRampProvider } from "../lib/ports/ramp-provider.ts";
import { quoteOf } from "../lib/saga/conversion-terms.ts";
import { loadAndResume } from "../lib/saga/load-payment.ts";
import { type Asked, describeAnswer, forbidThenQuery, queryOutcome } from "../lib/saga/provider-outcome.ts";
import { recordOffRamp } from "../lib/saga/record-conversion.ts";
import { hasSendWindowPassed, isImpossible, resolveError } from "../lib/saga/ruled-out.ts";

const PIVOT = "off-ramp";
export const throws = [
  "OutcomeAbsent",
  "OutcomePending",
  "OutcomeResumable",
  "AnswerDiffers",
  "ContradictionStands",
  "Superseded",
  "StoreContention",
  "StoreUnavailable",
] as const;

export type Ports = {
  payments: PaymentStore;
  quotes: QuoteStore;
  provider: OffRampProvider;
  breaker: Breaker;
  policies: PolicySource;
  clock: Clock;
};

export const resolveOffRamp =
  (ports: Ports) =>
  async ({ payment_id, execution }: SagaInput): Promise<void> => {
    const { payments, policies, clock } = ports;
    const guard: Guard = { execution, acceptsUnclaimed: true };
    const payment = await loadAndResume(payments, { payment_id, execution });
    const objection = objectionTo(guard, payment);
    if (objection) throw objection;
    if (isDone(payment, PIVOT)) return;
    const action = outageActionFor(payment, policies.deployment.off_ramp_outage, clock);
    const isToUnwind = action === "unwind" || payment.doubted_refusal?.step === PIVOT;
    const answer = isToUnwind ? undefined : await outcomeOf(ports, payment);
    if (answer === undefined || isToForbid(answer, ports)) return unwind(ports, payment, guard);
    if (!(await isSettled(ports, payment, answer, guard))) throw await nextError(ports, action, answer);
  };

/** Without an intent nothing was sent, so that nobody is asked. */
const outcomeOf = async (ports: Ports, payment: PaymentRecord): Promise<ProviderAnswer> =>
  payment.marks.intent[PIVOT] === undefined
    ? { outcome: "absent" }
    : queryOutcome(ports, await askedOf(ports, payment));

const askedOf = async ({ quotes }: Ports, payment: PaymentRecord): Promise<Asked<"off_ramp">> => ({
  payment,
  operation: "off_ramp",
  question: questionOf(payment, "off_ramp", await quoteOf(quotes, payment)),
});

/** It is not tried again, and our own side has to forbid it too before anything is undone. */
const isToForbid = ({ outcome }: ProviderAnswer, { provider: { nature } }: Ports): boolean =>
  outcome === "tombstoned" || (outcome === "refused" && !nature.keeps_refusals);

/** Records a payout and returns true. A refusal is persisted: the caller decides what follows. */
async function isSettled(
  { payments, quotes }: Ports,
  payment: PaymentRecord,
  answer: ProviderAnswer,
  guard: Guard,
): Promise<boolean> {
  if (answer.outcome === "succeeded") {
    await recordOffRamp(payments, payment, await quoteOf(quotes, payment), answer, guard);
    return true;
  }
  if (answer.outcome === "refused") {
    const failure = { code: "OffRampDeclined", message: answer.message, step: PIVOT } as const;
    await payments.recordFailure(payment.payment_id, failure, guard);
  }
  return false;
}

/**
 * What to throw while the payment may still go forward. An unseen payout is tried again under the
 * same key, unless the off-ramp does not answer.
 */
async function nextError(
  { provider, breaker }: Ports,
  action: OutageAction,
  answer: ProviderAnswer,
): Promise<Error> {
  const { outcome } = answer;
  if (outcome === "refused") return new OutcomeAbsent("the off-ramp was refused");
  if (outcome !== "absent") return new OutcomePending(`off-ramp ${describeAnswer(answer)}`);
  if (action === "hold") return new OutcomePending("the off-ramp stayed down: a person decides");
  return (await breaker.isOpen(provider.nature.name))
    ? new OutcomePending(`${provider.nature.name} is not answering`)
    : new OutcomeResumable("nothing was paid out, and the off-ramp may be tried again");
}

/** Forbids the payout for good. Throws what an undo relies on, unless it was paid out. */
async function unwind(ports: Ports, loaded: PaymentRecord, guard: Guard): Promise<void> {
  const { payments, provider, clock } = ports;
  const { payment } = await payments.mark(loaded.payment_id, "tombstone", PIVOT, guard);
  if (isDone(payment, PIVOT)) return;
  const intended = payment.marks.intent[PIVOT];
  if (intended === undefined) throw new OutcomeAbsent("no off-ramp was ever intended");
  const answer = await forbidThenQuery(ports, await askedOf(ports, loaded));
  const isOut = isImpossible(answer, provider, hasSendWindowPassed(intended, provider, clock));
  const isLast = isOut || answer.outcome === "succeeded";
  if (isLast && (await isSettled(ports, loaded, answer, guard))) return;
  throw resolveError("off-ramp", answer, isOut);
}
