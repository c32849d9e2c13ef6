// Redrives a payment's saga for an operator: the failed execution goes on where it gave up, or a
// new one takes over.
import { soundMembers, violations } from "../lib/contracts/contract.ts";
import * as schemas from "../lib/contracts/schemas.ts";
import type { Learned, RedriveRequest } from "../lib/contracts/types.ts";
import { suspectStrings } from "../lib/domain/card-data.ts";
import { actOf, type Operator } from "../lib/domain/operation.ts";
import type { PaymentRecord } from "../lib/domain/payment.ts";
import { isPaymentId, owesNotification } from "../lib/domain/saga-executions.ts";
import { InvalidRequest, NotFound, SagaNotRedrivable } from "../lib/errors/registry.ts";
import type { OperatorJournal } from "../lib/ports/operator-journal.ts";
import { type RedrivePorts, redrive } from "../lib/saga/redrive-payment.ts";
import type { EvidencePorts } from "./forbid.ts";
import { type AttemptPorts, newAttempt } from "./new-attempt.ts";
import { recordEvidence } from "./record-evidence.ts";
import { writtenDownFirst } from "./written-down-first.ts";

type Request = { paymentId: string; operator: Operator; body: Record<string, unknown> };
export type TakenUp = { payment_id: string; execution: string };

type Ports = RedrivePorts & AttemptPorts & EvidencePorts & { operations: OperatorJournal };

/**
 * Returns the execution that goes on. What the operator asks for stands in the operator's journal
 * before anything is done for it, and not at all where it is refused. Throws NotFound,
 * InvalidRequest, or SagaNotRedrivable with the reason.
 */
export const redriveSaga =
  (given: Ports) =>
  async ({ paymentId, operator, body }: Request): Promise<TakenUp> => {
    const broken = violations(schemas.RedriveRequest, body);
    const errors = [...broken, ...suspectStrings(soundMembers(body, broken))];
    if (errors.length > 0) throw new InvalidRequest("the request has errors", errors);
    const { new_attempt = false, learned, reason } = body as RedriveRequest;
    const payment = isPaymentId(paymentId) ? await given.payments.load(paymentId) : undefined;
    if (!payment) throw new NotFound("there is no such payment");
    const at = new Date(given.clock.now()).toISOString();
    const details = { new_attempt, ...(learned ? { learned } : {}) };
    const about = { merchant_id: payment.merchant_id, payment_id: paymentId, details };
    const ports = writtenDownFirst(given, actOf("redrive", operator, at, reason, about));
    const brought = learned && {
      operator: operator.subject,
      learned: await recordEvidence(ports, payment, learned, operator.subject, new_attempt),
    };
    assertDecided(payment, learned);
    const execution = await (new_attempt ? newAttempt : redrive)(ports)(payment, brought);
    return { payment_id: paymentId, execution };
  };

/**
 * While a contradiction stands, whatever goes on is parked again at once. An announcement is not.
 */
function assertDecided(payment: PaymentRecord, learned: Learned | undefined): void {
  const { disputed = [] } = payment;
  if (owesNotification(payment)) return;
  const left = disputed.filter((operation) => operation !== learned?.operation);
  if (left.length > 0)
    throw new SagaNotRedrivable(
      `the provider contradicts itself about ${left.join(", ")}: say by \`learned\` which word holds`,
    );
}
