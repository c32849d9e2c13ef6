import { readExecution, sagaExecutions } from "../lib/adapters/aws/saga-executions.ts";
import { sfnClient } from "../lib/adapters/aws/saga-starter.ts";
import { payments } from "../lib/adapters/stores.ts";
import { answer, httpHandler } from "../lib/runtime/http.ts";
import { inspectSaga } from "./inspect-saga.ts";

/** A happy saga has about 40 events; a long story is told from its beginning. */
const EVENTS_SHOWN = 1_000;

const sfn = sfnClient();
const inspect = inspectSaga({
  payments,
  readExecution: (rail, name) => readExecution(sfn, rail, name, EVENTS_SHOWN),
  executions: sagaExecutions(),
});

export const handler = httpHandler({
  "GET /sagas/{payment_id}": async ({ path }) => answer(200, await inspect(path.payment_id ?? "")),
});
