// What became of an operation, without deciding anything about it: told by the provider, recorded, or asked for. What it told beats what it
// answers.

import { isRuledOut } from "../domain/open-effects.ts";
import { isRefused, type PaymentRecord } from "../domain/payment.ts";
import { type ForwardOperation, providerKey, STEP_OF } from "../domain/saga-definition.ts";
import type { Breaker } from "../ports/breaker.ts";
import type { Clock } from "../ports/clock.ts";
import type { Provider, ProviderAnswer } from "../ports/provider.ts";
import { believed } from "./forgotten.ts";
import { reportAnswer } from "./report-answer.ts";
import { despite, toldBy } from "./told.ts";

type Ports = { provider: Provider; breaker: Breaker; clock: Clock };

export const found = (
  ports: Ports,
  payment: PaymentRecord,
  operation: ForwardOperation,
): Promise<ProviderAnswer> => settled(ports, payment, operation, (key) => ports.provider.find(key));

/** Asked in a way that settles a key that is unseen: where the provider can promise that it never takes effect, it does. */
export const forbidden = (
  ports: Ports,
  payment: PaymentRecord,
  operation: ForwardOperation,
): Promise<ProviderAnswer> =>
  settled(ports, payment, operation, (key) =>
    ports.provider.nature.tombstones
      ? ports.provider.tombstone(key, payment.payment_id)
      : ports.provider.find(key),
  );

async function settled(
  ports: Ports,
  payment: PaymentRecord,
  operation: ForwardOperation,
  ask: (key: string) => Promise<ProviderAnswer>,
): Promise<ProviderAnswer> {
  const fact = payment.facts?.[operation];
  const known = toldBy(fact) ?? recordedOf(payment, operation);
  if (known) return known;
  const answer = await ask(providerKey(payment.payment_id, operation));
  await reportAnswer(ports.breaker, ports.provider, payment, answer);
  return believed(ports, payment, operation, despite(fact, answer));
}

/** What we recorded stands, whether the provider remembers it or not: a refusal, or the undo of what the operation was to stand on. */
function recordedOf(payment: PaymentRecord, operation: ForwardOperation): ProviderAnswer | undefined {
  const step = STEP_OF[operation];
  if (payment.failure && isRefused(payment, step))
    return { outcome: "refused", message: payment.failure.message };
  return isRuledOut(payment, step) ? { outcome: "tombstoned" } : undefined;
}
