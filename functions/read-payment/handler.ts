import { answer, httpHandler } from "../lib/runtime/http.ts";
import { payments } from "../lib/wiring.ts";
import { readCharge, readEvents, readPayment } from "./read-payment.ts";

const payment = readPayment(payments());
const charge = readCharge(payments());
const events = readEvents(payments());

export const handler = httpHandler({
  "GET /v1/charges/{payment_id}": async ({ merchantId, path }) =>
    answer(200, await charge({ merchantId, paymentId: path.payment_id ?? "" })),
  "GET /payments/{payment_id}": async ({ merchantId, path }) =>
    answer(200, await payment({ merchantId, paymentId: path.payment_id ?? "" })),
  "GET /payments/{payment_id}/events": async ({ merchantId, path }) =>
    answer(200, await events({ merchantId, paymentId: path.payment_id ?? "" })),
});
