// What one payment costs a cell, of each rail: counted by the proofs `throughput` and `conversion-costs` (`make costs` writes measured.json),
// and the few figures that a laptop cannot count, each with where it comes from. What is reckoned about capacity and money starts here.
import measured from "./measured.json" with { type: "json" };

/** Counters of a stack, per payment. */
export type Counters = Record<string, number>;
export type Rail = keyof typeof measured;
const MEASURED: Record<Rail, Counters> = measured;
export const RAILS = Object.keys(measured) as Rail[];

/** A counter of the measurement, per payment of the rail; a name that was not counted is a mistake, not a zero. */
export function per(name: string, rail: Rail): number {
  const value = MEASURED[rail][name];
  if (value === undefined) throw new Error(`no ${name} was measured: see scripts/capacity/measured.json`);
  return value;
}

const INVOCATIONS = /^lambda\.invocations\.(.+)$/;

/** Invocations per payment, by function. */
export const invocations = (rail: Rail): [string, number][] =>
  Object.entries(MEASURED[rail]).flatMap(([name, value]) => {
    const [, fn] = INVOCATIONS.exec(name) ?? [];
    return fn ? [[fn, value] as [string, number]] : [];
  });

/** How long an invocation runs in AWS. A provider answers in 100 to 300 ms (R050) between two writes; the rest are a few calls of DynamoDB. */
const PROVIDER_STEPS = new Set([
  "authorize-payment",
  "capture-payment",
  "authorize-conversion",
  "on-ramp",
  "off-ramp",
]);
export const secondsOf = (fn: string): number => (PROVIDER_STEPS.has(fn) ? 0.3 : 0.06);

/** A client that polls asks about three times until a payment has ended; one that takes webhooks never does. The proofs do not poll. */
export const POLLS = 3;

/** Runs of functions per payment, its polls included. */
export const runs = (rail: Rail): number => per("lambda.invocations", rail) + POLLS;

/** Seconds of running functions per payment, its polls included. */
export const runningSeconds = (rail: Rail): number =>
  invocations(rail).reduce(
    (sum, [fn, count]) => sum + count * secondsOf(fn),
    POLLS * secondsOf("read-payment"),
  );

/** Of DynamoDB, per payment. A poll is one query of less than 4 KB. */
export const readUnits = (rail: Rail): number => per("dynamodb.read_units", rail) + POLLS;

/** From acceptance to the end, in the mean: the middle of R086's 1 to 5 s. */
export const SAGA_SECONDS = 3;
/** JSON lines of ours and of the platform per invocation. */
export const LOG_BYTES = 1_200;
/**
 * Journals that one transaction of the fold takes, where merchants are many and currencies are six: a test replays it. With more than nine
 * currencies of card payments, or six of conversions, or with accounts that forbid an overdraft, it is fewer, down to half.
 */
export const JOURNALS_PER_FOLD: Record<Rail, number> = { card: 40, stablecoin: 36 };
/** Kept for ever, indexes included. Of a card payment: itself, six events, two journals; a conversion keeps more as it writes more. */
export const STORED_BYTES: Record<Rail, number> = { card: 12_000, stablecoin: 18_000 };
