// What a million payments cost, by AWS's list prices of us-east-1 in dollars. `*` marks a price
// that was not checked again for this page.
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

export type Line = { what: string; quantity: string; price: string; dollars: number };

const MILLION = 1_000_000;
const GIGABYTE = 1e9;
const TRACED = 0.05;

const line = (what: string, quantity: number, unit: string, price: string, dollars: number): Line => ({
  what,
  quantity: `${Number(quantity.toFixed(2))} ${unit}`,
  price,
  dollars,
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
    line("Step Functions", transitions, "transitions", "$25 per million", transitions * 25),
    line("DynamoDB writes", writes, "units", "$0.625 per million", writes * 0.625),
    line("DynamoDB reads", reads, "units", "$0.125 per million", reads * 0.125),
    line("Lambda requests", run, "runs", "$0.20 per million *", run * 0.2),
    line("Lambda time, arm64", memory, "GB-s", "$13.33 per million *", memory * 13.33),
    line("API Gateway", requests, "requests", "$1.00 per million *", requests),
    line("EventBridge", events, "events", "$1.00 per million", events),
    line("SQS", messages, "requests", "$0.40 per million *", messages * 0.4),
    line("CloudWatch Logs", logged, "GB per million", "$0.50 per GB *", logged * 0.5),
    line("X-Ray", TRACED, "traces", "$5.00 per million *", TRACED * 5),
  ];
}

export const total = (lines: readonly Line[]): number => lines.reduce((sum, { dollars }) => sum + dollars, 0);

/** Storage and its backup. */
export const KEPT = "$0.45 per GB and month *";
/** Dollars per month for a million payments: what is kept for ever costs again each month. */
export const keptPerMonth = (rail: Rail): number =>
  ((STORED_BYTES[rail] * MILLION) / GIGABYTE) * (0.25 + 0.2);
