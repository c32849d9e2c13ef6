// Undoes AuthorizePayment: whatever is held, or may yet be held, under its key is released. The tombstone comes first; an
// authorization that was never intended calls nobody.
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
import { believed, mayHaveForgotten } from "../lib/saga/forgotten.ts";
import { isSpent } from "../lib/saga/in-flight.ts";
import { afterIntent } from "../lib/saga/provider-call.ts";
import { reportAnswer } from "../lib/saga/report-answer.ts";
import { said } from "../lib/saga/said.ts";
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
      const answer = toldOf(loaded) ?? (await release(ports, loaded));
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

/** What the provider told: that it released the hold, or that there is none and never will be. A hold that we recorded there is. */
function toldOf({ facts, authorization_id }: PaymentRecord): ProviderAnswer | undefined {
  const held = toldBy(facts?.authorize);
  const isNone = held !== undefined && held.outcome !== "succeeded" && authorization_id === undefined;
  return toldBy(facts?.void) ?? (isNone ? { outcome: "tombstoned" } : undefined);
}

/**
 * By the hold's id where we recorded it: an id is never forgotten, as a key may be. By an id that was only told where the key may be: until
 * then every try says the same under the void's own key.
 */
async function release(ports: Ports, payment: PaymentRecord): Promise<ProviderAnswer> {
  const { provider, breaker } = ports;
  const { payment_id, facts } = payment;
  const key = providerKey(payment_id, "void");
  const authorize_key = providerKey(payment_id, "authorize");
  const told = mayHaveForgotten(ports, payment, "authorize") ? toldBy(facts?.authorize) : undefined;
  const authorization_id = payment.authorization_id ?? (told?.outcome === "succeeded" ? told.id : undefined);
  const answer = await provider.void({
    ...payment,
    key,
    authorize_key,
    ...(authorization_id ? { authorization_id } : {}),
  });
  await reportAnswer(breaker, provider, payment, answer);
  return believed(ports, payment, "authorize", answer);
}

/** Where the provider keeps no tombstones, unseen is released only once the authorization can no longer arrive. */
function assertReleased(
  answer: ProviderAnswer,
  { facts, authorization_id }: PaymentRecord,
  spent: boolean,
): void {
  const { outcome } = answer;
  if (outcome === "succeeded" || (outcome === "tombstoned" && authorization_id === undefined)) return;
  if (answer.outcome === "refused") {
    if (answer.captured) throw new InvariantBroken("the provider captured what is to be voided");
    throw new UndoRefused(answer.message);
  }
  const told = facts?.authorize?.state;
  const mayBeHeld = authorization_id !== undefined || told === "succeeded" || told === "pending";
  if (outcome !== "absent" || !spent || mayBeHeld) throw new OutcomeUnknown(`void ${said(answer)}`);
}
