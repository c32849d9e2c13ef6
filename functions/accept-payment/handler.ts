import { admitted } from "../lib/runtime/admission.ts";
import { isProduction } from "../lib/runtime/config.ts";
import { noteIds } from "../lib/runtime/correlation.ts";
import { answer, type Call, type HttpAnswer, httpHandler } from "../lib/runtime/http.ts";
import { log } from "../lib/runtime/log.ts";
import { measure } from "../lib/runtime/metrics.ts";
import {
  admissions,
  breaker,
  clock,
  exposure,
  payments,
  sagas,
  switches,
  throttle,
  wired,
} from "../lib/wiring.ts";
import { acceptPayment } from "./accept-payment.ts";

const accept = acceptPayment({
  ...wired({ payments, sagas, breaker, switches, exposure, throttle, clock }),
  takesOrders: !isProduction(),
});

const post =
  (rail?: "card") =>
  async ({ merchantId, requestId, headers, body }: Call): Promise<HttpAnswer> => {
    const idempotencyKey = headers["idempotency-key"];
    const outcome = await accept({ merchantId, requestId, idempotencyKey, body, ...(rail ? { rail } : {}) });
    noteIds({ payment_id: outcome.payment_id });
    log.info(outcome.replayed ? "payment replayed" : "payment accepted");
    if (outcome.replayed) measure({ PaymentsReplayed: 1 });
    return answer(202, outcome.response, {
      location: `/payments/${outcome.payment_id}`,
      ...(outcome.replayed ? { "idempotent-replayed": "true" } : {}),
    });
  };

export const handler = httpHandler({
  "POST /payments": admitted(admissions(), post()),
  "POST /v1/charges": admitted(admissions(), post("card")),
});
