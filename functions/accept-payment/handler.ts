import { sagas } from "../lib/adapters/sagas.ts";
import { breaker, clock, payments } from "../lib/adapters/stores.ts";
import { switches } from "../lib/adapters/switches.ts";
import { answer, type Call, type HttpAnswer, httpHandler } from "../lib/runtime/http.ts";
import { acceptPayment } from "./accept-payment.ts";

const accept = acceptPayment({ payments, sagas, breaker, switches, clock });

const post =
  (rail?: "card") =>
  async ({ merchantId, requestId, headers, body }: Call): Promise<HttpAnswer> => {
    const idempotencyKey = headers["idempotency-key"];
    const outcome = await accept({ merchantId, requestId, idempotencyKey, body, ...(rail ? { rail } : {}) });
    return answer(202, outcome.response, {
      location: `/payments/${outcome.payment_id}`,
      ...(outcome.replayed ? { "idempotent-replayed": "true" } : {}),
    });
  };

export const handler = httpHandler({ "POST /payments": post(), "POST /v1/charges": post("card") });
