// Takes what a provider reports of its own accord, and keeps it as a fact if it is news. It never
// moves a payment: the saga's next poll reads the fact. So a report may come twice, late, in any
// order, and before our own answer.
import { violations } from "../lib/contracts/contract.ts";
import type { ProviderWebhook } from "../lib/contracts/types.ts";
import { type Fact, requiresReceivedAmount } from "../lib/domain/provider-fact.ts";
import { disagreementsOf } from "../lib/domain/reconciliation.ts";
import { providerKey } from "../lib/domain/saga-definition.ts";
import { isTerminal } from "../lib/domain/status.ts";
import { InvalidRequest, NotFound, SignatureInvalid } from "../lib/errors/registry.ts";
import type { Clock } from "../lib/ports/clock.ts";
import type { FindingStore } from "../lib/ports/finding-store.ts";
import type { PaymentStore } from "../lib/ports/payment-store.ts";
import type { WebhookSignature } from "../lib/ports/webhook-signature.ts";
import { isNews } from "./news.ts";

export type Ports = {
  payments: PaymentStore;
  findings: Pick<FindingStore, "open">;
  clock: Clock;
  /** By the provider's name. */
  signatures: ReadonlyMap<string, WebhookSignature>;
};

export type Webhook = {
  provider: string;
  headers: Record<string, string | undefined>;
  rawBody: string;
};

export type Received = {
  payment_id: string;
  outcome: "recorded" | "known" | "contradicts";
  /** Where the provider and the payment disagree, in sentences. */
  disagreements: string[];
};

/**
 * Throws NotFound for an unknown provider, ServiceUnavailable, SignatureInvalid or InvalidRequest,
 * in this order, then NotFound for an unknown payment.
 */
export const receiveProviderWebhook =
  ({ payments, findings, clock, signatures }: Ports) =>
  async ({ provider, headers, rawBody }: Webhook): Promise<Received> => {
    const signature = signatures.get(provider);
    if (!signature) throw new NotFound("there is no such provider");
    if (!(await signature.isAuthentic(rawBody, headers)))
      throw new SignatureInvalid("no valid signature of this provider for this body, now");
    const { payment_id, fact } = read(rawBody);
    const payment = await payments.load(payment_id);
    if (!payment) throw new NotFound("there is no such payment");
    if (!isNews(fact, payment)) return { payment_id, outcome: "known", disagreements: [] };
    const recorded = await payments.recordFact(payment_id, fact);
    const disagreements =
      recorded.outcome === "contradicts"
        ? [`the provider said ${wordOf(recorded.kept)} first, and now ${wordOf(fact)}`]
        : await disagreementsWith(payments, payment_id);
    if (disagreements.length > 0) {
      const found_at = new Date(clock.now()).toISOString();
      await findings.open({ payment_id, kind: "provider-disagrees", details: disagreements, found_at });
    }
    return { payment_id, outcome: recorded.outcome, disagreements };
  };

/**
 * Read after the fact was written. A payment that ends from now on is verified with the fact; one
 * that has ended is judged here.
 */
async function disagreementsWith(payments: PaymentStore, paymentId: string): Promise<string[]> {
  const payment = await payments.load(paymentId);
  return payment && isTerminal(payment.status) ? disagreementsOf(payment) : [];
}

const wordOf = ({ operation, state, id }: Fact): string => `${operation} ${id} ${state}`;

function read(rawBody: string): { payment_id: string; fact: Fact } {
  const webhook = parse(rawBody);
  const errors = violations("ProviderWebhook", webhook);
  if (errors.length > 0) throw new InvalidRequest("the body is no webhook of a provider", errors);
  const { operation } = webhook as ProviderWebhook;
  assertMeant(operation);
  const { reference, id, state, at, receive_amount } = operation;
  const told = { operation: operation.operation, state, id, at };
  return {
    payment_id: reference,
    fact: { ...told, ...(receive_amount ? { received: receive_amount } : {}) },
  };
}

/**
 * What no schema says: the key is one of ours, and a conversion that succeeded states its amount.
 */
function assertMeant({
  reference,
  operation,
  idempotency_key,
  state,
  receive_amount,
}: ProviderWebhook["operation"]): void {
  const errors = [
    ...(idempotency_key === providerKey(reference, operation)
      ? []
      : [
          {
            pointer: "/operation/idempotency_key",
            detail: "is not our key for this reference and operation",
          },
        ]),
    ...(requiresReceivedAmount({ operation, state }) && receive_amount === undefined
      ? [{ pointer: "/operation/receive_amount", detail: "is required: what the ramp gave, in minor units" }]
      : []),
  ];
  if (errors.length > 0) throw new InvalidRequest("the body is no webhook of a provider", errors);
}

function parse(rawBody: string): unknown {
  try {
    return JSON.parse(rawBody);
  } catch {
    throw new InvalidRequest("the body is not JSON", [{ pointer: "", detail: "is not JSON" }]);
  }
}
