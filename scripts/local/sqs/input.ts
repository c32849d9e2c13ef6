// What every SQS operation reads from its input: its queue, a number within its bounds, a receipt
// handle. Each mistake is refused by SQS's error name for it.
import { AwsError } from "../common/aws-json.ts";
import type { QueueSettings } from "../common/messaging-catalog.ts";
import type { Queues } from "./queues.ts";

export type QueueInput = { QueueUrl?: string };

export function known(queues: Queues, name: string): QueueSettings {
  const settings = queues.settings.get(name);
  if (settings) return settings;
  throw new AwsError("com.amazonaws.sqs#QueueDoesNotExist", "The specified queue does not exist.", 400);
}

/**
 * The host and port of a queue URL mean nothing. A stack may come back on other ports while old
 * URLs are in use.
 */
export const queueOf = (queues: Queues, { QueueUrl = "" }: QueueInput): QueueSettings =>
  known(queues, QueueUrl.split("/").at(-1) ?? "");

export const queueOfArn = (queues: Queues, arn: string): QueueSettings =>
  known(queues, arn.split(":").at(-1) ?? "");

export function invalid(message: string): AwsError {
  return new AwsError("InvalidParameterValue", message);
}

export function within(
  name: string,
  value: number | undefined,
  least: number,
  most: number,
): number | undefined {
  if (value === undefined || (Number.isInteger(value) && value >= least && value <= most)) return value;
  throw invalid(
    `Value ${value} for parameter ${name} is invalid. Reason: must be between ${least} and ${most}.`,
  );
}

export function receiptOf({ ReceiptHandle = "" }: { ReceiptHandle?: string }): string {
  if (/^\d+\.[0-9a-f-]{36}$/.test(ReceiptHandle)) return ReceiptHandle;
  throw new AwsError("ReceiptHandleIsInvalid", "The input receipt handle is invalid.");
}
