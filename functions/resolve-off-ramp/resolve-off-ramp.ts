// Finds out whether an uncertain payout happened, and what becomes of the USDC if it did not: tried again, held or, once any further
// payout is forbidden on our side and the provider's, undone. "Absent" is only said when the effect can no longer happen.
import type { SagaInput } from "../lib/contracts/types.ts";
import { type Guard, objectionTo } from "../lib/domain/guard.ts";
import { isDone, type PaymentRecord } from "../lib/domain/payment.ts";
import { type OutageAction, outageActionFor } from "../lib/domain/value-in-transit.ts";
import { OutcomeAbsent, OutcomePending, OutcomeResumable } from "../lib/errors/registry.ts";
import type { Breaker } from "../lib/ports/breaker.ts";
import type { Clock } from "../lib/ports/clock.ts";
import type { PaymentStore } from "../lib/ports/payment-store.ts";
import type { PolicySource } from "../lib/ports/policy-source.ts";
import type { ProviderAnswer } from "../lib/ports/provider.ts";
import type { QuoteStore } from "../lib/ports/quote-store.ts";
import type { OffRampProvider } from "../lib/ports/ramp-provider.ts";
import { forbidden, found } from "../lib/saga/find.ts";
import { isSpent } from "../lib/saga/in-flight.ts";
import { takeUpPayment } from "../lib/saga/load.ts";
import { recordOffRamp } from "../lib/saga/record-conversion.ts";
import { said } from "../lib/saga/said.ts";
import { quoteOf } from "../lib/saga/terms.ts";
import { verdictOn } from "../lib/saga/verdict.ts";

const PIVOT = "off-ramp";
export const throws = [
  "OutcomeAbsent",
  "OutcomePending",
  "OutcomeResumable",
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
    const payment = await takeUpPayment(payments, { payment_id, execution });
    const objection = objectionTo(guard, payment);
    if (objection) throw objection;
    if (isDone(payment, PIVOT)) return;
    const outlook = outageActionFor(payment, policies.deployment.off_ramp_outage, clock);
    const answer = outlook === "unwind" ? undefined : await whatBecame(ports, payment);
    if (answer === undefined || answer.outcome === "tombstoned") return unwind(ports, payment, guard);
    if (!(await isSettled(ports, payment, answer, guard))) throw await wayOn(ports, outlook, answer);
  };

/** Without an intent nothing was sent: nobody is asked. */
const whatBecame = async (ports: Ports, payment: PaymentRecord): Promise<ProviderAnswer> =>
  payment.marks.intent[PIVOT] === undefined ? { outcome: "absent" } : found(ports, payment, "off_ramp");

/** True when it was paid out, which is recorded. A refusal is persisted, and is for the caller to judge. */
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
    const failure = { code: "OffRampDeclined", message: answer.message, step: PIVOT };
    await payments.recordFailure(payment.payment_id, failure, guard);
  }
  return false;
}

/** What follows while the payment may still go forward: unseen is tried again under the same key, unless nobody would answer. */
async function wayOn(
  { provider, breaker }: Ports,
  outlook: OutageAction,
  answer: ProviderAnswer,
): Promise<Error> {
  const { outcome } = answer;
  if (outcome === "refused") return new OutcomeAbsent("the off-ramp was refused");
  if (outcome !== "absent") return new OutcomePending(`off-ramp ${said(answer)}`);
  if (outlook === "hold") return new OutcomePending("the off-ramp stayed down: a person decides");
  return (await breaker.isOpen(provider.nature.name))
    ? new OutcomePending(`${provider.nature.name} is not answering`)
    : new OutcomeResumable("nothing was paid out, and the off-ramp may be tried again");
}

/** Forbids the payout for good, and says what the undo may rely on. */
async function unwind(ports: Ports, loaded: PaymentRecord, guard: Guard): Promise<void> {
  const { payments, provider, clock } = ports;
  const { payment } = await payments.mark(loaded.payment_id, "tombstone", PIVOT, guard);
  if (isDone(payment, PIVOT)) return;
  const intended = payment.marks.intent[PIVOT];
  if (intended === undefined) throw new OutcomeAbsent("no off-ramp was ever intended");
  const answer = await forbidden(ports, loaded, "off_ramp");
  if (await isSettled(ports, loaded, answer, guard)) return;
  throw verdictOn("off-ramp", answer, isSpent(intended, provider, clock));
}
