// What one payment costs a cell: counted by the proof `throughput` (`make costs` writes measured.json), and the few figures that a laptop
// cannot count, each with where it comes from. Everything that is reckoned about capacity and money starts here.
import measured from "./measured.json" with { type: "json" };

export type Counters = Record<string, number>;
export const MEASURED: Counters = measured.per_payment;

/** A counter of the measurement, per payment; a name that was not counted is a mistake, not a zero. */
export function per(name: string, counters: Counters = MEASURED): number {
  const value = counters[name];
  if (value === undefined) throw new Error(`no ${name} was measured: see scripts/capacity/measured.json`);
  return value;
}

const INVOCATIONS = /^lambda\.invocations\.(.+)$/;

/** Invocations per payment, by function. */
export const invocations = (counters: Counters = MEASURED): [string, number][] =>
  Object.entries(counters).flatMap(([name, value]) => {
    const [, fn] = INVOCATIONS.exec(name) ?? [];
    return fn ? [[fn, value] as [string, number]] : [];
  });

/** How long an invocation runs in AWS. A provider answers in 100 to 300 ms (R050) between two writes; the rest are a few calls of DynamoDB. */
const PROVIDER_STEPS = new Set(["authorize-payment", "capture-payment"]);
export const secondsOf = (fn: string): number => (PROVIDER_STEPS.has(fn) ? 0.3 : 0.06);

/** Seconds of running functions per payment. */
export const runningSeconds = (counters: Counters = MEASURED): number =>
  invocations(counters).reduce((sum, [fn, count]) => sum + count * secondsOf(fn), 0);

/** A client that polls asks about three times until a payment has ended; one that takes webhooks never does. */
export const POLLS = 3;
/** From acceptance to the end, in the mean: the middle of R086's 1 to 5 s. */
export const SAGA_SECONDS = 3;
/** JSON lines of ours and of the platform per invocation. */
export const LOG_BYTES = 1_200;
/** Payment, six events and two journals, indexes included; kept for ever. */
export const STORED_BYTES = 12_000;
