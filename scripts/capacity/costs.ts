// What one payment of each rail costs a cell. The proofs `throughput` and `conversion-costs`
// count it, and `make costs` writes it to measured.json. A few figures cannot be counted on a
// laptop: they stand here, each with its source. Everything about capacity and money is computed
// from this file.
import measured from "./measured.json" with { type: "json" };

/** Counters of a stack, per payment. */
export type Counters = Record<string, number>;
export type Rail = keyof typeof measured;
const MEASURED: Record<Rail, Counters> = measured;
export const RAILS = Object.keys(measured) as Rail[];

/**
 * A counter of the measurement, per payment of the rail. Throws for a name that was not counted.
 */
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
export const runs = (rail: Rail): number => per("lambda.invocations", rail) + POLLS;

/** Seconds of running functions per payment, its polls included. */
export const runningSeconds = (rail: Rail): number =>
  invocations(rail).reduce(
    (sum, [fn, count]) => sum + count * secondsOf(fn),
    POLLS * secondsOf("read-payment"),
  );

/** Of DynamoDB, per payment. A poll is one query of less than 4 KB. */
export const readUnits = (rail: Rail): number => per("dynamodb.read_units", rail) + POLLS;

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
