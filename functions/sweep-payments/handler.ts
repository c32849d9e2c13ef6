import { log } from "../lib/runtime/log.ts";
import { measure } from "../lib/runtime/metrics.ts";
import { scheduleHandler } from "../lib/runtime/schedule.ts";
import {
  breaker,
  clock,
  cursor,
  executions,
  exposure,
  findings,
  INDEX_SHARDS,
  ledger,
  payments,
  policies,
  sagas,
  switches,
  wired,
} from "../lib/wiring.ts";
import { switchesOn, Tally } from "./sweep-metrics.ts";
import { sweepPayments } from "./sweep-payments.ts";
import { transitFigures } from "./transit-metrics.ts";
import { Watch } from "./watch-sagas.ts";

const ports = {
  ...wired({ payments, ledger, findings, policies, cursor, breaker, exposure }),
  ...wired({ sagas, executions, switches, clock }),
  shards: INDEX_SHARDS,
};

export const handler = scheduleHandler(async (leftMs) => {
  const tally = new Tally();
  const swept = await sweepPayments({
    ...ports,
    // The rest of its time is for the last payment, which may meet a slow store, and for the
    // report.
    until: ports.clock.now() + (2 * leftMs) / 3,
    watch: new Watch(ports),
    tell: (payment, seen) =>
      tally.note(payment, seen) && log.info("swept a saga", { payment_id: payment.payment_id, seen }),
    miss: (missed, error) => log.error("the sweep could not look", { ...tally.miss(missed), error }),
  })();
  // Alone and first, because these figures page: a failed read of anything else must not hold them
  // back.
  measure(tally.figures(ports.clock.now(), !swept.cutShort && swept.listed === INDEX_SHARDS));
  log.info(`swept${swept.cutShort ? ", and cut short" : ""}`, { ...swept, seen: tally.seen });
  measure({ SwitchesOn: await switchesOn(ports.switches) });
  measure(await transitFigures(ports));
  // Last, when all else is reported: a run that fails rings the alarm of the function's errors.
  if (tally.missed > 0) throw new Error(`the sweep could not look ${tally.missed} times`);
});
