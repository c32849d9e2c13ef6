// What a million payments cost, by AWS's list prices of us-east-1 in dollars (prices.json, the only
// place that has them, each with its source and grade).
import {
  type Counted,
  gigabyteSeconds,
  LOG_BYTES,
  POLLS,
  per,
  type Rail,
  readUnits,
  runs,
  STORED_BYTES,
} from "./costs.ts";
import prices from "./prices.json" with { type: "json" };

export type Price = keyof typeof prices;
export type Line = { what: string; quantity: string; price: string; dollars: number };

const MILLION = 1_000_000;
const GIGABYTE = 1e9;
const TRACED = 0.05;

export const dollarsOf = (price: Price): number => prices[price].dollars;

/** _Example:_ `$0.625 per million units, D`. */
export function priceText(price: Price): string {
  const { dollars, per, grade } = prices[price];
  const cents = dollars.toFixed(2);
  return `$${Number(cents) === dollars ? cents.replace(/\.00$/, "") : dollars} per ${per}, ${grade}`;
}

/** What `quantity` of it comes to, in what its price is per. */
const line = (what: string, quantity: number, unit: string, price: Price): Line => ({
  what,
  quantity: `${Number(quantity.toFixed(2))} ${unit}`,
  price: priceText(price),
  dollars: quantity * dollarsOf(price),
});

/**
 * The bill for a million payments of a rail, or of a run. Each line follows from what one payment
 * takes.
 */
export function bill(counted: Counted): Line[] {
  const transitions = per("states.transitions", counted);
  const writes = per("dynamodb.write_units", counted);
  const reads = readUnits(counted);
  const run = runs(counted);
  const memory = gigabyteSeconds(counted);
  const events = per("streams.records.relay-events", counted);
  const requests = 1 + POLLS + per("lambda.invocations.receive-provider-webhook", counted);
  const messages =
    per("events.deliveries", counted) +
    per("sqs.ReceiveMessage", counted) +
    per("sqs.DeleteMessageBatch", counted);
  const logged = (run * LOG_BYTES * MILLION) / GIGABYTE;
  return [
    line("Step Functions", transitions, "transitions", "transition"),
    line("DynamoDB writes", writes, "units", "write"),
    line("DynamoDB reads", reads, "units", "read"),
    line("Lambda requests", run, "runs", "run"),
    line("Lambda time, arm64", memory, "GB-s", "gigabyte-second"),
    line("API Gateway", requests, "requests", "request"),
    line("EventBridge", events, "events", "event"),
    line("SQS", messages, "requests", "queue-request"),
    line("CloudWatch Logs", logged, "GB per million", "log-line"),
    line("X-Ray", TRACED, "traces", "trace"),
  ];
}

export const total = (lines: readonly Line[]): number => lines.reduce((sum, { dollars }) => sum + dollars, 0);

/** Dollars per month for a million payments: what is kept for ever costs again each month. */
export const keptPerMonth = (rail: Rail): number =>
  ((STORED_BYTES[rail] * MILLION) / GIGABYTE) * dollarsOf("kept");
