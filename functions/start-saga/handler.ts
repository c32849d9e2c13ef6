import { assertContract } from "../lib/contracts/contract.ts";
import * as schemas from "../lib/contracts/schemas.ts";
import type { StartRequest } from "../lib/contracts/types.ts";
import { noteIds } from "../lib/runtime/correlation.ts";
import { log } from "../lib/runtime/log.ts";
import { measure } from "../lib/runtime/metrics.ts";
import { queueHandler } from "../lib/runtime/queue.ts";
import { breaker, clock, exposure, payments, sagas, switches, wired } from "../lib/wiring.ts";
import { startSaga } from "./start-saga.ts";

const start = startSaga(wired({ payments, sagas, breaker, switches, exposure, clock }));

export const handler = queueHandler(async (body) => {
  assertContract(schemas.StartRequest, body);
  const { payment_id, execution } = body as StartRequest;
  noteIds({ payment_id, execution });
  const outcome = await start(payment_id, execution);
  log.info("start requested", { outcome });
  const [, reason] = outcome.split("held by ");
  if (reason) measure({ StartsHeld: 1 }, { reason });
});
