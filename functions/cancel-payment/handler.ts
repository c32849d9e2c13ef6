import { admitted } from "../lib/runtime/admission.ts";
import { answer, type Call, type HttpAnswer, httpHandler } from "../lib/runtime/http.ts";
import { log } from "../lib/runtime/log.ts";
import { admissions, payments, starts, throttle, wired } from "../lib/wiring.ts";
import { cancelPayment } from "./cancel-payment.ts";

const cancel = cancelPayment(wired({ payments, starts, throttle }));

const post = async ({ merchantId, path, headers, body }: Call): Promise<HttpAnswer> => {
  const paymentId = path.payment_id ?? "";
  const { payment, replayed } = await cancel({
    merchantId,
    paymentId,
    idempotencyKey: headers["idempotency-key"],
    body,
  });
  log.info(replayed ? "cancel repeated" : "cancel requested");
  return answer(202, payment, replayed ? { "idempotent-replayed": "true" } : {});
};

export const handler = httpHandler({ "POST /payments/{payment_id}/cancel": admitted(admissions(), post) });
