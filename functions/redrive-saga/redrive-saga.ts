// Redrives a payment's saga for an operator: the failed execution goes on where it gave up, or a
// new one takes over.
import { violations } from "../lib/contracts/contract.ts";
import type { Learned, RedriveRequest } from "../lib/contracts/types.ts";
import type { PaymentRecord } from "../lib/domain/payment.ts";
import { isPaymentId } from "../lib/domain/saga-executions.ts";
import { InvalidRequest, NotFound, SagaNotRedrivable } from "../lib/errors/registry.ts";
import { type RedrivePorts, redrive } from "../lib/saga/redrive-payment.ts";
import type { EvidencePorts } from "./forbid.ts";
import { type AttemptPorts, newAttempt } from "./new-attempt.ts";
import { recordEvidence } from "./record-evidence.ts";

/** `operator` is the caller, by the token. */
type Request = { paymentId: string; operator: string; body: Record<string, unknown> };
export type TakenUp = { payment_id: string; execution: string };

/**
 * Returns the execution that goes on. Throws NotFound, InvalidRequest, or SagaNotRedrivable with
 * the reason.
 */
export const redriveSaga =
  (ports: RedrivePorts & AttemptPorts & EvidencePorts) =>
  async ({ paymentId, operator, body }: Request): Promise<TakenUp> => {
    const errors = violations("RedriveRequest", body);
    if (errors.length > 0) throw new InvalidRequest("the request has errors", errors);
    const { new_attempt = false, learned } = body as RedriveRequest;
    const payment = isPaymentId(paymentId) ? await ports.payments.load(paymentId) : undefined;
    if (!payment) throw new NotFound("there is no such payment");
    const brought = learned && {
      operator,
      learned: await recordEvidence(ports, payment, learned, operator, new_attempt),
    };
    assertDecided(payment, learned);
    const execution = await (new_attempt ? newAttempt : redrive)(ports)(payment, brought);
    return { payment_id: paymentId, execution };
  };

/** While a contradiction stands, whatever goes on is parked again at once. */
function assertDecided({ disputed = [] }: PaymentRecord, learned: Learned | undefined): void {
  const left = disputed.filter((operation) => operation !== learned?.operation);
  if (left.length > 0)
    throw new SagaNotRedrivable(
      `the provider contradicts itself about ${left.join(", ")}: say by \`learned\` which word holds`,
    );
}
