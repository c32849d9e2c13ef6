// Undoes AuthorizePayment: whatever is held, or may yet be held, under its key is released. The tombstone comes first; an
// authorization that was never intended calls nobody.
import type { SagaInput } from "../lib/contracts/types.ts";
import { type Guard, isRefused, type PaymentRecord } from "../lib/domain/payment.ts";
import { providerKey } from "../lib/domain/steps.ts";
import { InvariantBroken, OutcomeUnknown, UndoRefused } from "../lib/errors/registry.ts";
import type { Breaker } from "../lib/ports/breaker.ts";
import type { CardProvider, ProviderAnswer } from "../lib/ports/card-provider.ts";
import type { Clock } from "../lib/ports/clock.ts";
import type { PaymentStore } from "../lib/ports/payment-store.ts";
import { isSpent } from "../lib/saga/in-flight.ts";
import { afterIntent } from "../lib/saga/provider-call.ts";
import { reportAnswer } from "../lib/saga/report-answer.ts";
import { toldBy } from "../lib/saga/told.ts";

const UNDOES = "authorize-payment";
export const throws = [
  "UndoRefused",
  "OutcomeUnknown",
  "Superseded",
  "StoreContention",
  "StoreUnavailable",
] as const;

export type Ports = { payments: PaymentStore; provider: CardProvider; breaker: Breaker; clock: Clock };

export const voidAuthorization =
  ({ payments, provider, breaker, clock }: Ports) =>
  async ({ payment_id, execution }: SagaInput): Promise<void> => {
    const guard: Guard = { execution, acceptsUnclaimed: true };
    const { payment } = await payments.mark(payment_id, "tombstone", UNDOES, guard);
    if (payment.capture_id) throw new InvariantBroken("a captured payment is not voided");
    const intended = payment.marks.intent[UNDOES];
    if (intended === undefined || isRefused(payment, UNDOES)) return;
    if (payment.marks.undone[UNDOES] !== undefined) return;
    await afterIntent(async () => {
      const loaded = (await payments.load(payment_id)) ?? payment;
      if (loaded.facts?.capture?.state === "succeeded")
        throw new InvariantBroken("the provider says that it captured");
      const answer = toldBy(loaded.facts?.void) ?? (await release({ provider, breaker }, loaded));
      assertReleased(answer, loaded, isSpent(intended, provider, clock));
      const { authorization_id } = payment;
      await payments.commit(payment, {
        guard,
        step: "void-authorization",
        status: "PROCESSING",
        changes: {},
        event: { type: "payment.voided", data: authorization_id ? { authorization_id } : {} },
        journals: [],
        achieves: { undone: UNDOES },
      });
    });
  };

async function release(
  { provider, breaker }: Pick<Ports, "provider" | "breaker">,
  payment: PaymentRecord,
): Promise<ProviderAnswer> {
  const { payment_id } = payment;
  const key = providerKey(payment_id, "void");
  const authorize_key = providerKey(payment_id, "authorize");
  const answer = await provider.void({ ...payment, key, authorize_key });
  await reportAnswer(breaker, provider, payment, answer);
  return answer;
}

/** Where the provider keeps no tombstones, unseen is released only once the authorization can no longer arrive. */
function assertReleased(answer: ProviderAnswer, { facts }: PaymentRecord, spent: boolean): void {
  const { outcome } = answer;
  if (outcome === "succeeded" || outcome === "tombstoned") return;
  if (answer.outcome === "refused") {
    if (answer.captured) throw new InvariantBroken("the provider captured what is to be voided");
    throw new UndoRefused(answer.message);
  }
  const mayBeHeld = facts?.authorize?.state === "succeeded" || facts?.authorize?.state === "pending";
  if (outcome !== "absent" || !spent || mayBeHeld) throw new OutcomeUnknown(`void ${outcome}`);
}
