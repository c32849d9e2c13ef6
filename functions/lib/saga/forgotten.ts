// A provider remembers keys for a time. After that its "never seen" proves nothing, and a tombstone that it sets now forbids nothing that
// has happened: what became of the key is for a person to find out, unless the provider told of it.
import type { PaymentRecord } from "../domain/payment.ts";
import { type ForwardOperation, isUndo, type ProviderOperation, stepOf } from "../domain/saga-definition.ts";
import type { Clock } from "../ports/clock.ts";
import type { Provider, ProviderAnswer } from "../ports/provider.ts";

type Ports = { provider: Pick<Provider, "nature">; clock: Clock };

/** True once the operation's key may be forgotten: it was first asked for that long ago, or at any time since the acceptance. */
export function mayHaveForgotten(
  { provider, clock }: Ports,
  { marks, created_at }: PaymentRecord,
  operation: ProviderOperation,
): boolean {
  const first = (isUndo(operation) ? marks.undoing : marks.asked)[stepOf(operation)];
  return (first ?? Date.parse(created_at)) < clock.ago(provider.nature.key_ttl_seconds * 1000);
}

/** The answer to a question about the operation's key, as far as it can be relied on. */
export function believed(
  ports: Ports,
  payment: PaymentRecord,
  operation: ForwardOperation,
  answer: ProviderAnswer,
): ProviderAnswer {
  const isProof = answer.outcome === "absent" || answer.outcome === "tombstoned";
  return isProof && mayHaveForgotten(ports, payment, operation) ? FORGOTTEN : answer;
}

const FORGOTTEN: ProviderAnswer = { outcome: "unknown", message: "the provider may have forgotten the key" };
