// AWS's quotas of one account and region (us-east-1, us-west-2, eu-west-1), and what a cell needs
// of each at a rate of payments. Read every figure again in your own console before you rely on it.
// `grade` says where a figure comes from: A and B are AWS's own text, new and old; C and D are
// quoted by others; I is computed by us; U is from memory.
import { INDEX_SHARDS } from "../../functions/lib/adapters/dynamodb/payment-item.ts";
import manifest from "../../functions/manifest.json" with { type: "json" };
import {
  JOURNALS_PER_FOLD,
  POLLS,
  per,
  type Rail,
  readUnits,
  runningSeconds,
  runs,
  SAGA_SECONDS,
  secondsOf,
} from "./costs.ts";

export type Quota = {
  name: string;
  unit: string;
  defaults: number;
  /** What to ask AWS for, or to set. Absent when the default is enough. */
  raised?: number;
  /** What a cell takes of it at `rate` payments of the rail per second. */
  need: (rate: number, rail: Rail) => number;
  grade: "A" | "B" | "C" | "D" | "I" | "U";
  why: string;
};

/** Environments that are busy at once. One of them serves at most ten requests per second. */
const environments = (rate: number, perPayment: number, seconds: number): number =>
  rate * perPayment * Math.max(seconds, 0.1);
const allEnvironments = (rate: number, rail: Rail): number =>
  Math.max(rate * runningSeconds(rail), (rate * runs(rail)) / 10);

/** The same for both rails: capture-payment and off-ramp both wait for a provider. */
const PIVOT_SECONDS = secondsOf("capture-payment");
/** Acceptance and the pivot read the switches every five seconds in each environment. */
const switchReads = (rate: number): number =>
  (environments(rate, 1, secondsOf("accept-payment")) + environments(rate, 1, PIVOT_SECONDS)) / 5;

/**
 * Batches per second. A stream has one shard per partition, about 1,000 write units each. A shard's
 * batch closes when it is full or when its window ends.
 */
const foldBatches = (rate: number, rail: Rail): number => {
  const { window_seconds } = manifest.functions["fold-balances"].stream;
  const shards = Math.ceil((rate * per("dynamodb.write_units", rail)) / 1000);
  return Math.max(
    shards / window_seconds,
    (rate * per("streams.records.fold-balances", rail)) / JOURNALS_PER_FOLD[rail],
  );
};

export const QUOTAS: Quota[] = [
  {
    name: "StartExecution",
    unit: "per second",
    defaults: 300,
    raised: 1_000,
    need: (rate, rail) => rate * per("states.StartExecution", rail),
    grade: "B",
    why: "one per payment; the bucket of 1,300 above the rate takes bursts, the start queue the rest",
  },
  {
    name: "state transitions",
    unit: "per second",
    defaults: 5_000,
    raised: 10_000,
    need: (rate, rail) => rate * per("states.transitions", rail),
    grade: "C",
    why: "the happy path; a storm of retries and undos doubles it, which is what is left for",
  },
  {
    name: "open executions",
    unit: "at once",
    defaults: 1_000_000,
    need: (rate) => rate * SAGA_SECONDS,
    grade: "A",
    why: "at the usual age of a saga; see below how long an outage it takes to fill",
  },
  {
    name: "DynamoDB writes of a table",
    unit: "units per second",
    defaults: 40_000,
    need: (rate, rail) => rate * per("dynamodb.write_units", rail),
    grade: "A",
    why: "as if all tables were one; a new table carries 4,000 until it is pre-warmed to this need",
  },
  {
    name: "DynamoDB reads of a table",
    unit: "units per second",
    defaults: 40_000,
    need: (rate, rail) => rate * readUnits(rail),
    grade: "A",
    why: `as if all tables were one, ${POLLS} polls among them; a new table carries 12,000 until it is pre-warmed to this need`,
  },
  {
    name: "one partition: the open index",
    unit: "units per second",
    defaults: 1_000,
    need: (rate) => (rate * 2) / INDEX_SHARDS,
    grade: "A",
    why: `a payment enters and leaves one of ${INDEX_SHARDS} shards`,
  },
  {
    name: "one item: a house balance",
    unit: "transactions per second",
    defaults: 50,
    need: foldBatches,
    grade: "I",
    why: "20 ms each, one at a time; only the fold writes it, a whole batch of journals at once",
  },
  {
    name: "PutEvents",
    unit: "per second",
    defaults: 10_000,
    need: (rate, rail) => rate * per("streams.records.relay-events", rail),
    grade: "A",
    why: "counted by events, as if each were a request; they go ten at a time",
  },
  {
    name: "EventBridge invocations",
    unit: "per second",
    defaults: 18_750,
    need: (rate, rail) => rate * per("events.deliveries", rail),
    grade: "A",
    why: "one per event and rule; beyond it they come late, not never",
  },
  {
    name: "API Gateway requests",
    unit: "per second",
    defaults: 10_000,
    need: (rate, rail) => rate * (1 + POLLS + per("lambda.invocations.receive-provider-webhook", rail)),
    grade: "A",
    why: `one POST, ${POLLS} polls, the provider's webhooks`,
  },
  {
    name: "Lambda concurrency",
    unit: "environments",
    defaults: 1_000,
    raised: 3_000,
    need: allEnvironments,
    grade: "C",
    why: "the greater of running time and ten requests per second each, polls among them",
  },
  {
    name: "Lambda scaling of a function",
    unit: "environments per 10 s",
    defaults: 1_000,
    need: (rate) => environments(rate, 1, PIVOT_SECONDS),
    grade: "C",
    why: "from nothing to the slowest function's whole rate at once",
  },
  {
    name: "SQS messages in flight",
    unit: "at once",
    defaults: 120_000,
    need: (rate, rail) => rate * per("events.deliveries", rail) * 2,
    grade: "A",
    why: "the integrity queue, two seconds each; calls are not limited",
  },
  {
    name: "SSM GetParametersByPath",
    unit: "per second",
    defaults: 40,
    raised: 100,
    need: switchReads,
    grade: "U",
    why: "kill switches, every 5 s per environment; they fail open, so this binds nothing. Raised is the account's higher throughput",
  },
  {
    name: "Secrets Manager GetSecretValue",
    unit: "per second",
    defaults: 10_000,
    need: (rate, rail) => allEnvironments(rate, rail) / 300,
    grade: "U",
    why: "an environment asks again after five minutes, and when it is new",
  },
  {
    name: "KMS requests",
    unit: "per second",
    defaults: 10_000,
    need: (rate, rail) => allEnvironments(rate, rail) / 60 + rate,
    grade: "U",
    why: "DynamoDB and SQS keep data keys for five minutes; reckoned as one per payment",
  },
  {
    name: "CloudWatch Logs PutLogEvents",
    unit: "per second",
    defaults: 5_000,
    raised: 20_000,
    need: (rate, rail) => rate * runs(rail),
    grade: "U",
    why: "as if each invocation, polls among them, were flushed by itself; metrics are lines of the log (EMF) and no calls",
  },
];
