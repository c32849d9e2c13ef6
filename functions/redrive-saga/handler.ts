import { sagaExecutions } from "../lib/adapters/aws/saga-executions.ts";
import { sagas } from "../lib/adapters/sagas.ts";
import { clock, payments, providers } from "../lib/adapters/stores.ts";
import { answer, httpHandler } from "../lib/runtime/http.ts";
import { log } from "../lib/runtime/log.ts";
import { redriveSaga } from "./redrive-saga.ts";

const redrive = redriveSaga({
  payments,
  clock,
  executions: sagaExecutions(),
  sagas,
  providerOf: providers(),
});

export const handler = httpHandler({
  "POST /sagas/{payment_id}/redrive": async ({ path, merchantId, body }) => {
    const takenUp = await redrive({ paymentId: path.payment_id ?? "", operator: merchantId, body });
    log.info("saga taken up again", takenUp);
    return answer(202, takenUp);
  },
});
