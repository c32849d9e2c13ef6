import { answer, httpHandler } from "../lib/runtime/http.ts";
import { executions, payments, readExecution, wired } from "../lib/wiring.ts";
import { inspectSaga } from "./inspect-saga.ts";

/** A saga without trouble has about 40 events. Of a longer history the first events are shown. */
const EVENTS_SHOWN = 1_000;

const inspect = inspectSaga({
  ...wired({ payments, executions }),
  readExecution: (rail, name) => readExecution(rail, name, EVENTS_SHOWN),
});

export const handler = httpHandler({
  "GET /sagas/{payment_id}": async ({ path }) => answer(200, await inspect(path.payment_id ?? "")),
});
