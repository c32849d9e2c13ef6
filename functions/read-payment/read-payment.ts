// Reads a payment and its audit trail. Another merchant's payment does not exist.
import type { PaymentEvent } from "../lib/contracts/event-types.ts";
import type { Payment } from "../lib/contracts/types.ts";
import { toApi } from "../lib/domain/payment.ts";
import { NotFound } from "../lib/errors/registry.ts";
import type { PaymentStore } from "../lib/ports/payment-store.ts";
import { visiblePayment } from "../lib/saga/visible-payment.ts";

type Request = { merchantId: string; paymentId: string };

export const readPayment =
  (payments: PaymentStore) =>
  async (request: Request): Promise<Payment> =>
    toApi(await visiblePayment(payments, request));

/** What `POST /v1/charges` makes: a payment of the card rail. Throws NotFound for any other. */
export const readCharge =
  (payments: PaymentStore) =>
  async (request: Request): Promise<Payment> => {
    const payment = await visiblePayment(payments, request);
    if (payment.rail !== "card") throw new NotFound("there is no such charge");
    return toApi(payment);
  };

export const readEvents =
  (payments: PaymentStore) =>
  async (request: Request): Promise<{ events: PaymentEvent[] }> => {
    await visiblePayment(payments, request);
    return { events: await payments.events(request.paymentId) };
  };
