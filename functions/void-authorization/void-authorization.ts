// Undoes AuthorizePayment: what is held under its key, or may still be, is released. The tombstone
// comes first. An authorization that was never intended calls nobody.
import type { SagaInput } from "../lib/contracts/types.ts";
import type { Guard } from "../lib/domain/guard.ts";
import { isRefused, type PaymentRecord } from "../lib/domain/payment.ts";
import { providerKey } from "../lib/domain/saga-definition.ts";
import { InvariantBroken, OutcomeUnknown, UndoRefused } from "../lib/errors/registry.ts";
import type { Breaker } from "../lib/ports/breaker.ts";
import type { CardProvider } from "../lib/ports/card-provider.ts";
import type { Clock } from "../lib/ports/clock.ts";
import type { PaymentStore } from "../lib/ports/payment-store.ts";
import type { ProviderAnswer } from "../lib/ports/provider.ts";
import { afterIntent } from "../lib/saga/money-step.ts";
import {
  describeAnswer,
  hasSendWindowPassed,
  isKeyExpired,
  outcomeFromFact,
  reliableAnswer,
  reportAnswer,
} from "../lib/saga/provider-outcome.ts";

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
  (ports: Ports) =>
  async ({ payment_id, execution }: SagaInput): Promise<void> => {
    const { payments, provider, clock } = ports;
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
      const answer = reportedRelease(loaded) ?? (await release(ports, loaded));
      assertReleased(answer, loaded, hasSendWindowPassed(intended, provider, clock));
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

/**
 * What the provider reported: that it released the hold, or that there is none and never will be.
 * A hold that we recorded does exist, whatever was reported.
 */
function reportedRelease({ facts, authorization_id }: PaymentRecord): ProviderAnswer | undefined {
  const held = outcomeFromFact(facts?.authorize);
  const isNone = held !== undefined && held.outcome !== "succeeded" && authorization_id === undefined;
  return outcomeFromFact(facts?.void) ?? (isNone ? { outcome: "tombstoned" } : undefined);
}

/**
 * Asks for the release. A hold is named by the id that we recorded, because a provider forgets keys
 * and no ids. An id that was only reported is named once the key has expired: until then every try
 * says the same under the void's own key.
 */
async function release(ports: Ports, payment: PaymentRecord): Promise<ProviderAnswer> {
  const { provider } = ports;
  const { payment_id, facts } = payment;
  const key = providerKey(payment_id, "void");
  const authorize_key = providerKey(payment_id, "authorize");
  const reported = isKeyExpired(ports, payment, "authorize") ? outcomeFromFact(facts?.authorize) : undefined;
  const reportedId = reported?.outcome === "succeeded" ? reported.id : undefined;
  const authorization_id = payment.authorization_id ?? reportedId;
  const answer = await provider.void({
    ...payment,
    key,
    authorize_key,
    ...(authorization_id ? { authorization_id } : {}),
  });
  await reportAnswer(ports, payment, answer);
  return reliableAnswer(ports, payment, "authorize", answer);
}

/**
 * Throws unless nothing is held, nor can be any more. Without a tombstone an authorization that the
 * provider has not seen counts as released only once it cannot arrive any more.
 */
function assertReleased(
  answer: ProviderAnswer,
  { facts, authorization_id }: PaymentRecord,
  isWindowPassed: boolean,
): void {
  const { outcome } = answer;
  if (outcome === "succeeded" || (outcome === "tombstoned" && authorization_id === undefined)) return;
  if (answer.outcome === "refused") {
    if (answer.captured) throw new InvariantBroken("the provider captured what is to be voided");
    throw new UndoRefused(answer.message);
  }
  const reported = facts?.authorize?.state;
  const mayBeHeld = authorization_id !== undefined || reported === "succeeded" || reported === "pending";
  if (outcome !== "absent" || !isWindowPassed || mayBeHeld)
    throw new OutcomeUnknown(`void ${describeAnswer(answer)}`);
}
