import { answer, httpHandler } from "../lib/runtime/http.ts";
import { log } from "../lib/runtime/log.ts";
import { clock, executions, operations, payments, providerOf, quotes, sagas, wired } from "../lib/wiring.ts";
import { redriveSaga } from "./redrive-saga.ts";

const redrive = redriveSaga(wired({ payments, quotes, clock, executions, sagas, providerOf, operations }));

export const handler = httpHandler({
  "POST /sagas/{payment_id}/redrive": async ({ path, subject, requestId, body }) => {
    const takenUp = await redrive({
      paymentId: path.payment_id ?? "",
      operator: { subject, requestId },
      body,
    });
    log.info("saga taken up again", takenUp);
    return answer(202, takenUp);
  },
});
