// How a message looks to its receivers: the system attributes, and the record of
// Lambda's SQS event.
import { createHash } from "node:crypto";
import { queueArn } from "../common/messaging-catalog.ts";
import { ACCOUNT_ID, REGION } from "../common/settings.ts";
import type { Message } from "./queues.ts";

type SentAttribute = { DataType: string; StringValue?: string; BinaryValue?: string };

/** Kept beside the sender's own attributes. None of them may have this name. */
const TRACE = "AWSTraceHeader";
const sentWith = (message: Message): Record<string, SentAttribute> => JSON.parse(message.attributes);

/** The attributes of a message with this trace, as JSON. `own` are the sender's. */
export const attributesWith = (trace: string | undefined, own: object = {}): string =>
  JSON.stringify(trace === undefined ? own : { ...own, [TRACE]: { DataType: "String", StringValue: trace } });

/** The attributes that the sender gave. */
export const ownAttributes = (message: Message): [string, SentAttribute][] =>
  Object.entries(sentWith(message)).filter(([name]) => name !== TRACE);

export function shapeAttributes(message: Message): Record<string, string> {
  const trace = sentWith(message)[TRACE]?.StringValue;
  return {
    ...(trace === undefined ? {} : { [TRACE]: trace }),
    ApproximateReceiveCount: String(message.receives),
    SentTimestamp: String(message.sent_at),
    SenderId: ACCOUNT_ID,
    ApproximateFirstReceiveTimestamp: String(message.first_received_at),
    ...(message.dead_letter_source === null ? {} : { DeadLetterQueueSourceArn: message.dead_letter_source }),
  };
}

/** One of `Records` in the event that a function gets from a queue. */
export function lambdaRecord(message: Message, queue: string) {
  return {
    messageId: message.message_id,
    receiptHandle: message.receipt,
    body: message.body,
    attributes: shapeAttributes(message),
    messageAttributes: Object.fromEntries(
      ownAttributes(message).map(([name, attribute]) => [name, lambdaAttribute(attribute)]),
    ),
    md5OfBody: md5(message.body),
    eventSource: "aws:sqs",
    eventSourceARN: queueArn(queue),
    awsRegion: REGION,
  };
}

function lambdaAttribute({ DataType, StringValue, BinaryValue }: SentAttribute) {
  return {
    dataType: DataType,
    ...(StringValue === undefined ? {} : { stringValue: StringValue }),
    ...(BinaryValue === undefined ? {} : { binaryValue: BinaryValue }),
    stringListValues: [],
    binaryListValues: [],
  };
}

/** The SDK computes this again, and refuses a message whose body does not match. */
export const md5 = (text: string): string => createHash("md5").update(text).digest("hex");
