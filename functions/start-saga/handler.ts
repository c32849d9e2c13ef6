import { sagas } from "../lib/adapters/sagas.ts";
import { breaker, clock, payments } from "../lib/adapters/stores.ts";
import { switches } from "../lib/adapters/switches.ts";
import { assertContract } from "../lib/contracts/contract.ts";
import type { StartRequest } from "../lib/contracts/types.ts";
import { log } from "../lib/runtime/log.ts";
import { queueHandler } from "../lib/runtime/queue.ts";
import { startSaga } from "./start-saga.ts";

const start = startSaga({ payments, sagas, breaker, switches, clock });

export const handler = queueHandler(async (body) => {
  assertContract("StartRequest", body);
  const { payment_id, execution } = body as StartRequest;
  log.info("start requested", { payment_id, execution, outcome: await start(payment_id, execution) });
});
