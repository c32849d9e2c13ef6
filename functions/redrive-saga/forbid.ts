// Forbids an operation that did not happen, by an operator's word, on our side.
import type { Learned } from "../lib/contracts/types.ts";
import type { PaymentRecord } from "../lib/domain/payment.ts";
import { stepOf } from "../lib/domain/saga-definition.ts";
import { executionOf } from "../lib/domain/saga-executions.ts";
import { SagaNotRedrivable, Superseded } from "../lib/errors/registry.ts";
import type { Clock } from "../lib/ports/clock.ts";
import type { PaymentStore } from "../lib/ports/payment-store.ts";
import type { Provider } from "../lib/ports/provider.ts";
import type { QuoteStore } from "../lib/ports/quote-store.ts";
import { hasSendWindowPassed } from "../lib/saga/ruled-out.ts";

export type EvidencePorts = {
  payments: PaymentStore;
  quotes: QuoteStore;
  clock: Clock;
  providerOf(operation: Learned["operation"]): Provider;
};

/**
 * An operation that did not happen must not happen later: no try of ours may begin it, and no
 * request may still be on its way.
 */
export async function forbid(
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
