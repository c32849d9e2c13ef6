import type { Glance } from "../lib/ports/payment-store.ts";
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
  verifications,
  wired,
} from "../lib/wiring.ts";
import type { Missed } from "./open-index-scan.ts";
import { Books } from "./see-to-books.ts";
import { switchesOn, Tally } from "./sweep-metrics.ts";
import { sweepPayments } from "./sweep-payments.ts";
import { transitFigures } from "./transit-metrics.ts";
import { type Seen, Watch } from "./watch-sagas.ts";

const ports = {
  ...wired({ payments, ledger, findings, policies, cursor, breaker, exposure }),
  ...wired({ sagas, executions, verifications, switches, clock }),
  shards: INDEX_SHARDS,
};

export const handler = scheduleHandler(async (leftMs) => {
  const tally = new Tally();
  const miss = (missed: Missed, error: unknown) =>
    log.error("the sweep could not look", { ...tally.miss(missed), error });
  const tell = (payment: Glance, seen: Seen) =>
    tally.note(payment, seen) && log.info("swept a saga", { payment_id: payment.payment_id, seen });
  const books = new Books({ ...ports, miss });
  const watch = new Watch(ports);
  // The rest of its time is for the last payment, which may meet a slow store, and for the report.
  const until = ports.clock.now() + (2 * leftMs) / 3;
  const swept = await sweepPayments({ ...ports, until, watch, books, tell, miss })();
  const isWhole = !swept.cutShort && swept.listed === INDEX_SHARDS;
  // First, because these figures page: a failed read of anything else must not hold them back.
  measure({ ...tally.figures(ports.clock.now(), isWhole), ...books.figures(ports.clock.now()) });
  log.info(`swept${swept.cutShort ? ", and cut short" : ""}`, { ...swept, seen: tally.seen });
  measure({ SwitchesOn: await switchesOn(ports.switches) });
  measure(await transitFigures(ports));
  // Last, when all else is reported: a run that fails rings the alarm of the function's errors.
  if (tally.missed > 0) throw new Error(`the sweep could not look ${tally.missed} times`);
});
