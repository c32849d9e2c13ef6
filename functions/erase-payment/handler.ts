import { answer, httpHandler } from "../lib/runtime/http.ts";
import { clock, payments, wired } from "../lib/wiring.ts";
import { erasePayment } from "./erase-payment.ts";

const erase = erasePayment(wired({ payments, clock }));

export const handler = httpHandler({
  "POST /payments/{payment_id}/erase": async ({ path, subject, requestId, body }) =>
    answer(200, await erase({ paymentId: path.payment_id ?? "", operator: { subject, requestId }, body })),
});
