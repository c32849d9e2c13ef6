// What a workspace costs in a month in which nobody pays. What there is of each thing is counted in
// its plan (tests/plan/idle.ts) and committed in idle.json: `make idle` writes it.
import manifest from "../../functions/manifest.json" with { type: "json" };
import counted from "./idle.json" with { type: "json" };
import { dollarsOf, type Price, priceText } from "./prices.ts";

/** What a plan holds of what costs while nothing happens. */
export type Held = {
  keys: number;
  secrets: number;
  /** Each metric that an alarm reads is billed. */
  alarmMetrics: number;
  compositeAlarms: number;
  dashboards: number;
  /** Our own metrics that the sweep writes in each run, whatever it finds. */
  ownMetrics: number;
  /** Long polls at a time, of all queues together. */
  pollers: number;
  /** Runs by the clock, per month. */
  sweeps: number;
  /** Of environments that are kept warm, all together. */
  warmGigabytes: number;
  tokenClients: number;
};
export type IdleLine = { what: string; of: keyof Held; price: string; dollars: number };

export const HOURS_PER_MONTH = 730;
const SECONDS_PER_MONTH = HOURS_PER_MONTH * 3_600;
/** Lambda waits at a queue for as long as SQS lets it. */
const POLL_SECONDS = 20;
const MILLION = 1_000_000;
/**
 * A sweep that finds nothing: 16 shards of two indexes, half a unit each, the balance in transit
 * and its cursor, which it writes.
 */
const SWEEP = { seconds: 0.5, reads: 18, writes: 1, log_bytes: 2_500 };

const perMonth = (price: Price, quantity: number): number => quantity * dollarsOf(price);
const perMillion = (price: Price, quantity: number): number => perMonth(price, quantity / MILLION);

const ofSweeps = (runs: number): number =>
  perMillion("scheduled", runs) +
  perMillion("run", runs) +
  perMillion(
    "gigabyte-second",
    (runs * SWEEP.seconds * manifest.functions["sweep-payments"].memory_mb) / 1024,
  ) +
  perMillion("read", runs * SWEEP.reads) +
  perMillion("write", runs * SWEEP.writes) +
  perMonth("log-line", (runs * SWEEP.log_bytes) / 1e9);

/** What is billed by the month, each by one price. */
const MONTHLY: readonly [what: string, of: keyof Held, price: Price][] = [
  ["keys", "keys", "key"],
  ["secrets", "secrets", "secret"],
  ["metrics that alarms read", "alarmMetrics", "alarm-metric"],
  ["composite alarms", "compositeAlarms", "composite-alarm"],
  ["dashboards", "dashboards", "dashboard"],
  ["metrics of our own", "ownMetrics", "own-metric"],
  ["clients of the token pool", "tokenClients", "token-client"],
];

export const idleBill = (held: Held): IdleLine[] => [
  ...MONTHLY.map(([what, of, price]) => ({
    what,
    of,
    price: priceText(price),
    dollars: perMonth(price, held[of]),
  })),
  {
    what: "pollers of queues",
    of: "pollers",
    price: priceText("queue-request"),
    dollars: perMillion("queue-request", (held.pollers * SECONDS_PER_MONTH) / POLL_SECONDS),
  },
  { what: "sweeps", of: "sweeps", price: "see below", dollars: ofSweeps(held.sweeps) },
  {
    what: "GB kept warm",
    of: "warmGigabytes",
    price: priceText("kept-warm"),
    dollars: perMillion("kept-warm", held.warmGigabytes * SECONDS_PER_MONTH),
  },
];

export const idleTotal = (held: Held): number =>
  idleBill(held).reduce((sum, { dollars }) => sum + dollars, 0);

/** By workspace, and by the other footprint that it could have. */
export const IDLE: Record<string, Held> = counted;
