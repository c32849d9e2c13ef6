// Takes a merchant's cancel of a payment, in one conditional write. Its saga heeds it at the next
// step, undoes what stands and ends the payment. One that no execution has claimed may wait for its
// start, and ends by an attempt that is asked for here.
import { soundMembers, violations } from "../lib/contracts/contract.ts";
import * as schemas from "../lib/contracts/schemas.ts";
import type { Payment } from "../lib/contracts/types.ts";
import { isOnlyToEnd } from "../lib/domain/cancel.ts";
import { suspectStrings } from "../lib/domain/card-data.ts";
import { parseKey } from "../lib/domain/idempotency.ts";
import { toApi } from "../lib/domain/payment.ts";
import { executionOf, isPaymentId } from "../lib/domain/saga-executions.ts";
import { isTerminal } from "../lib/domain/status.ts";
import { InvalidRequest, InvariantBroken, NotFound } from "../lib/errors/registry.ts";
import type { PaymentStore } from "../lib/ports/payment-store.ts";
import type { StartQueue } from "../lib/ports/saga-starter.ts";
import type { WriteThrottle } from "../lib/ports/write-throttle.ts";

export type Ports = {
  payments: PaymentStore;
  starts: StartQueue;
  throttle: WriteThrottle;
};

export type Request = {
  merchantId: string;
  paymentId: string;
  idempotencyKey: string | undefined;
  body: Record<string, unknown>;
};

/** `replayed`: the payment was cancelled before, by whichever key. */
export type Outcome = { payment: Payment; replayed: boolean };

/**
 * A payment is cancelled once: asked again, it is shown as it is by then. Throws InvalidRequest,
 * NotFound, CannotCancel or RateLimited.
 */
export const cancelPayment =
  ({ payments, starts, throttle }: Ports) =>
  async ({ merchantId, paymentId, idempotencyKey, body }: Request): Promise<Outcome> => {
    const parsed = parseKey(idempotencyKey);
    const broken = violations(schemas.CancelRequest, body);
    const errors = [
      ...broken,
      ...suspectStrings(soundMembers(body, broken)),
      ...("wrong" in parsed ? [{ header: "Idempotency-Key", detail: parsed.wrong }] : []),
    ];
    if (errors.length > 0) throw new InvalidRequest("the request has errors", errors);
    // What is refused costs a write as well.
    await throttle.take(merchantId);
    const request = isPaymentId(paymentId) ? await payments.requestCancel(paymentId, merchantId) : undefined;
    if (!request) throw new NotFound("there is no such payment");
    const { payment: cancelled, isNews } = request;
    // A start that was made already is none. What the queue does not take is found by the sweep,
    // and asked for by whoever asks again.
    if (!isTerminal(cancelled.status) && isOnlyToEnd(cancelled))
      await starts.enqueue(paymentId, 0, executionOf(cancelled));
    const payment = await payments.load(paymentId);
    if (!payment) throw new InvariantBroken("the payment is gone");
    return { payment: toApi(payment), replayed: !isNews };
  };
