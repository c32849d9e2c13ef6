import { OPEN_SHARDS } from "../lib/adapters/payment-item.ts";
import { sagas } from "../lib/adapters/sagas.ts";
import { sagaExecutions } from "../lib/adapters/step-functions-executions.ts";
import { breaker, clock, findings, payments } from "../lib/adapters/stores.ts";
import { switches } from "../lib/adapters/switches.ts";
import { log } from "../lib/runtime/log.ts";
import { sweepPayments } from "./sweep-payments.ts";
import { Watch } from "./watch-sagas.ts";

const executions = sagaExecutions();
/** What somebody may want to find in the log by the payment's id. */
const NOTED = ["parked", "notification-failed", "redriven", "unstarted", "stale"];

export const handler = async (): Promise<void> => {
  const seen: Record<string, number> = {};
  const queued = await sweepPayments({
    payments,
    sagas,
    breaker,
    switches,
    clock,
    shards: OPEN_SHARDS,
    watch: new Watch({ payments, executions, findings, breaker, clock }),
    tell: ({ payment_id }, what) => {
      seen[what] = (seen[what] ?? 0) + 1;
      if (NOTED.includes(what)) log.info("swept a saga", { payment_id, seen: what });
    },
  })();
  log.info("swept", { queued, seen });
};
