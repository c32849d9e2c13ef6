import { admitted } from "../lib/runtime/admission.ts";
import { answer, type Call, type HttpAnswer, httpHandler } from "../lib/runtime/http.ts";
import { log } from "../lib/runtime/log.ts";
import { admissions, clock, payments, throttle, wired } from "../lib/wiring.ts";
import { changePayment } from "./change-payment.ts";

const change = changePayment(wired({ payments, throttle, clock }));

const patch = async ({ merchantId, path, headers, body }: Call): Promise<HttpAnswer> => {
  const paymentId = path.payment_id ?? "";
  const made = await change({ merchantId, paymentId, ifMatch: headers["if-match"], body });
  log.info(made.change === undefined ? "payment was so before" : "payment changed", { change: made.change });
  return answer(200, made.payment);
};

export const handler = httpHandler({ "PATCH /payments/{payment_id}": admitted(admissions(), patch) });
