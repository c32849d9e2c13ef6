// What one payment of each rail costs a cell. The proofs `throughput` and `conversion-costs`
// count it, and `make costs` writes it to measured.json. A few figures cannot be counted on a
// laptop: they stand here, each with its source. Everything about capacity and money is computed
// from this file.
import manifest from "../../functions/manifest.json" with { type: "json" };
import measured from "./measured.json" with { type: "json" };

/** Counters of a stack, per payment. */
export type Counters = Record<string, number>;
export type Rail = keyof typeof measured;
const MEASURED: Record<Rail, Counters> = measured;
const MEMORY_OF: Record<string, { memory_mb: number }> = manifest.functions;
export const RAILS = Object.keys(measured) as Rail[];

/** Of a rail the committed counts, or those of a run. */
export type Counted = Rail | Counters;
export const countersOf = (counted: Counted): Counters =>
  typeof counted === "string" ? MEASURED[counted] : counted;

/**
 * A counter of the measurement, per payment of the rail. Throws for a name that was not counted.
 */
export function per(name: string, counted: Counted): number {
  const value = countersOf(counted)[name];
  if (value === undefined) throw new Error(`no ${name} was measured: see scripts/capacity/measured.json`);
  return value;
}

/** What our functions call by an SDK. Lambda itself reads queues and streams. */
const SDK_CALL = /^((dynamodb|states|events|ssm|secretsmanager)\.[A-Z]|sqs\.Send)/;

/** How many calls of an AWS SDK these counters hold. */
export const sdkCalls = (counters: Counters): number =>
  Object.entries(counters)
    .filter(([name]) => SDK_CALL.test(name))
    .reduce((sum, [, value]) => sum + value, 0);

/** What a payment costs in AWS, whatever machine it runs on. */
export const COUNTS = {
  "state transitions": (counters: Counters): number => per("states.transitions", counters),
  "SDK calls": sdkCalls,
  "write units": (counters: Counters): number => per("dynamodb.write_units", counters),
  "read units": (counters: Counters): number => per("dynamodb.read_units", counters),
  "Lambda invocations": (counters: Counters): number => per("lambda.invocations", counters),
};
export type Count = keyof typeof COUNTS;

const INVOCATIONS = /^lambda\.invocations\.(.+)$/;

/** Invocations per payment, by function. */
export const invocations = (counted: Counted): [string, number][] =>
  Object.entries(countersOf(counted)).flatMap(([name, value]) => {
    const [, fn] = INVOCATIONS.exec(name) ?? [];
    return fn ? [[fn, value] as [string, number]] : [];
  });

/**
 * Seconds of one invocation in AWS. A provider answers in 100 to 300 ms (R050), between two writes.
 * All other functions make a few calls of DynamoDB.
 */
const PROVIDER_STEPS = new Set([
  "authorize-payment",
  "capture-payment",
  "authorize-conversion",
  "on-ramp",
  "off-ramp",
]);
export const secondsOf = (fn: string): number => (PROVIDER_STEPS.has(fn) ? 0.3 : 0.06);

/**
 * A client that polls asks about three times until a payment has ended. A client that takes
 * webhooks never asks. The proofs do not poll.
 */
export const POLLS = 3;

/** Runs of functions per payment, its polls included. */
export const runs = (counted: Counted): number => per("lambda.invocations", counted) + POLLS;

/** Seconds of running functions per payment, its polls included, each weighed as it is given. */
const weighed = (counted: Counted, weightOf: (fn: string) => number): number =>
  [...invocations(counted), ["read-payment", POLLS] as const].reduce(
    (sum, [fn, count]) => sum + count * secondsOf(fn) * weightOf(fn),
    0,
  );
export const runningSeconds = (counted: Counted): number => weighed(counted, () => 1);

/** What Lambda bills: each function's seconds with the memory that the manifest gives it. */
export const gigabyteSeconds = (counted: Counted): number =>
  weighed(counted, (fn) => (MEMORY_OF[fn]?.memory_mb ?? Number.NaN) / 1024);

/** Of DynamoDB, per payment. A poll is one query of less than 4 KB. */
export const readUnits = (counted: Counted): number => per("dynamodb.read_units", counted) + POLLS;

/** Seconds from acceptance to the end, on average: the middle of R086's 1 to 5 s. */
export const SAGA_SECONDS = 3;
/** Bytes of JSON lines per invocation, ours and the platform's. */
export const LOG_BYTES = 1_200;
/**
 * Journals in one transaction of the fold, with many merchants and six currencies. A test replays
 * it. There are fewer, down to half, in three cases: card payments in more than nine currencies,
 * conversions in more than six, and accounts that forbid an overdraft.
 */
export const JOURNALS_PER_FOLD: Record<Rail, number> = { card: 40, stablecoin: 36 };
/**
 * Bytes kept for ever, indexes included. A card payment keeps itself, six events and two journals.
 * A conversion keeps more, because it writes more.
 */
export const STORED_BYTES: Record<Rail, number> = { card: 12_000, stablecoin: 18_000 };
