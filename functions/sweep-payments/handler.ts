import { INDEX_SHARDS } from "../lib/adapters/payment-item.ts";
import { sagas } from "../lib/adapters/sagas.ts";
import { sagaExecutions } from "../lib/adapters/step-functions-executions.ts";
import { breaker, clock, exposure, findings, payments, policies } from "../lib/adapters/stores.ts";
import { switches } from "../lib/adapters/switches.ts";
import { log } from "../lib/runtime/log.ts";
import { measure } from "../lib/runtime/metrics.ts";
import { scheduleHandler } from "../lib/runtime/schedule.ts";
import { sweepPayments } from "./sweep-payments.ts";
import { switchesOn, Tally } from "./tally.ts";
import { Watch } from "./watch-sagas.ts";

const executions = sagaExecutions();
/** What somebody may want to find in the log by the payment's id. */
const NOTED = ["parked", "notification-failed", "redriven", "unstarted", "stale"];

export const handler = scheduleHandler(async () => {
  const tally = new Tally();
  const queued = await sweepPayments({
    payments,
    sagas,
    breaker,
    switches,
    exposure,
    clock,
    shards: INDEX_SHARDS,
    watch: new Watch({ payments, executions, findings, policies, breaker, clock }),
    tell: (payment, seen) => {
      tally.note(payment, seen);
      if (NOTED.includes(seen)) log.info("swept a saga", { payment_id: payment.payment_id, seen });
    },
  })();
  measure({ ...tally.figures(clock.now()), SwitchesOn: await switchesOn(switches) });
  log.info("swept", { queued, seen: tally.seen });
});
