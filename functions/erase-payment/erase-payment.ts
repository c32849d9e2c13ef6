// Erases what a payment holds about a person, for an operator: `user_id` and metadata, wherever
// they are kept. The trail, the books and the payment's version do not move.
import { soundMembers, violations } from "../lib/contracts/contract.ts";
import * as schemas from "../lib/contracts/schemas.ts";
import type { ErasureRequest, Payment } from "../lib/contracts/types.ts";
import { suspectStrings } from "../lib/domain/card-data.ts";
import { actOf, type Operator } from "../lib/domain/operation.ts";
import { toApi } from "../lib/domain/payment.ts";
import { isPaymentId } from "../lib/domain/saga-executions.ts";
import { InvalidRequest, NotFound, PaymentNotEnded } from "../lib/errors/registry.ts";
import type { Clock } from "../lib/ports/clock.ts";
import type { PaymentStore } from "../lib/ports/payment-store.ts";

type Request = { paymentId: string; operator: Operator; body: Record<string, unknown> };

/**
 * Returns the payment without them; done again, the same. Each time stands in the operator's
 * journal. Throws InvalidRequest, NotFound, or PaymentNotEnded while a saga may go on with it.
 */
export const erasePayment =
  ({ payments, clock }: { payments: PaymentStore; clock: Clock }) =>
  async ({ paymentId, operator, body }: Request): Promise<Payment> => {
    const broken = violations(schemas.ErasureRequest, body);
    const errors = [...broken, ...suspectStrings(soundMembers(body, broken))];
    if (errors.length > 0) throw new InvalidRequest("the request has errors", errors);
    const { reason } = body as ErasureRequest;
    const known = isPaymentId(paymentId) && (await payments.load(paymentId));
    if (!known) throw new NotFound("there is no such payment");
    const at = new Date(clock.now()).toISOString();
    const about = { merchant_id: known.merchant_id, payment_id: paymentId };
    const erased = await payments.erase(paymentId, actOf("erasure", operator, at, reason, about));
    if (!erased)
      throw new PaymentNotEnded(
        `a payment that is ${known.status} may still need what is to be erased: try again once it has ended`,
      );
    const payment = await payments.load(paymentId);
    if (!payment) throw new NotFound("there is no such payment");
    return toApi(payment);
  };
