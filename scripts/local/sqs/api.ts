// SQS as the SDK speaks it (AWS JSON 1.0). It answers only what the functions and their tests use.
// It refuses every other operation by name, so that nobody relies on one that does nothing.
import { AwsError, type Operations } from "../common/aws-json.ts";
import type { Counters } from "../common/counters.ts";
import type { Faults } from "../common/faults.ts";
import { queueArn } from "../common/messaging-catalog.ts";
import { ACCOUNT_ID } from "../common/settings.ts";
import { batchOperations } from "./batches.ts";
import { invalid, known, type QueueInput, queueOf, queueOfArn, receiptOf, within } from "./input.ts";
import { attributesWith, md5, ownAttributes, shapeAttributes } from "./messages.ts";
import type { Message, Queues } from "./queues.ts";

/** The default maximum of a queue. SQS allows 1 MiB, but only to a queue that asks for it. */
const MESSAGE_LIMIT_BYTES = 262_144;
const LONGEST_DELAY_SECONDS = 900;
const LONGEST_VISIBILITY_SECONDS = 43_200;
const LONGEST_POLL_SECONDS = 20;
const MOST_PER_RECEIVE = 10;

export type SqsParts = { queues: Queues; counters: Counters; faults: Faults; baseUrl: string };

type SendInput = QueueInput & {
  MessageBody?: string;
  DelaySeconds?: number;
  MessageAttributes?: object;
  MessageSystemAttributes?: { AWSTraceHeader?: { StringValue?: string } };
};
type ReceiveInput = QueueInput & {
  MaxNumberOfMessages?: number;
  VisibilityTimeout?: number;
  WaitTimeSeconds?: number;
  AttributeNames?: string[];
  MessageSystemAttributeNames?: string[];
  MessageAttributeNames?: string[];
};
type ReceiptInput = QueueInput & { ReceiptHandle?: string; VisibilityTimeout?: number };

export function sqsOperations(parts: SqsParts): Operations {
  const single: Operations = {
    SendMessage: (input: SendInput) => send(parts, input),
    ReceiveMessage: (input: ReceiveInput) => receive(parts, input),
    DeleteMessage: (input: ReceiptInput) => remove(parts, input),
    ChangeMessageVisibility: (input: ReceiptInput) => changeVisibility(parts, input),
    GetQueueUrl: ({ QueueName = "" }: { QueueName?: string }) => ({
      QueueUrl: `${parts.baseUrl}/${ACCOUNT_ID}/${known(parts.queues, QueueName).name}`,
    }),
    GetQueueAttributes: (input: QueueInput & { AttributeNames?: string[] }) => attributes(parts, input),
    PurgeQueue: (input: QueueInput) => parts.queues.purge(queueOf(parts.queues, input).name),
    StartMessageMoveTask: (input: { SourceArn?: string; DestinationArn?: string }) => move(parts, input),
  };
  const all: Operations = { ...single, ...batchOperations(single) };
  const entries = Object.entries(all).map(([name, run]) => [
    name,
    (input: unknown) => {
      parts.counters.add(`sqs.${name}`);
      if (name.startsWith("SendMessage")) refuseWhileDown(parts.faults);
      return run(input);
    },
  ]);
  return Object.fromEntries(entries) as Operations;
}

function refuseWhileDown(faults: Faults): void {
  if (faults.strike("SendMessage") !== "unavailable") return;
  throw new AwsError("ServiceUnavailable", "The request has failed due to a temporary failure.", 503);
}

function send(parts: SqsParts, input: SendInput) {
  const { name } = queueOf(parts.queues, input);
  const body = input.MessageBody;
  if (!body) throw new AwsError("MissingParameter", "The request must contain the parameter MessageBody.");
  const sentAttributes = JSON.stringify(input.MessageAttributes ?? {});
  if (Buffer.byteLength(body) + (input.MessageAttributes ? sentAttributes.length : 0) > MESSAGE_LIMIT_BYTES) {
    throw invalid(
      `One or more parameters are invalid. Reason: Message must be shorter than ${MESSAGE_LIMIT_BYTES} bytes.`,
    );
  }
  const delay = within("DelaySeconds", input.DelaySeconds, 0, LONGEST_DELAY_SECONDS);
  const trace = input.MessageSystemAttributes?.AWSTraceHeader?.StringValue;
  const MessageId = parts.queues.send(name, body, attributesWith(trace, input.MessageAttributes), delay);
  return { MessageId, MD5OfMessageBody: md5(body) };
}

async function receive(parts: SqsParts, input: ReceiveInput) {
  const { name, receiveWaitSeconds } = queueOf(parts.queues, input);
  const most = within("MaxNumberOfMessages", input.MaxNumberOfMessages, 1, MOST_PER_RECEIVE) ?? 1;
  const wait =
    within("WaitTimeSeconds", input.WaitTimeSeconds, 0, LONGEST_POLL_SECONDS) ?? receiveWaitSeconds;
  const hide = within("VisibilityTimeout", input.VisibilityTimeout, 0, LONGEST_VISIBILITY_SECONDS);
  const options = hide === undefined ? {} : { visibilitySeconds: hide };
  const deadline = Date.now() + parts.queues.wait(wait);
  let messages = parts.queues.receive(name, most, options);
  for (let left = deadline - Date.now(); messages.length === 0 && left > 0; left = deadline - Date.now()) {
    await parts.queues.changed(name, left);
    messages = parts.queues.receive(name, most, options);
  }
  return messages.length === 0 ? {} : { Messages: messages.map((message) => shape(message, input)) };
}

function shape(message: Message, input: ReceiveInput) {
  const wanted = new Set([...(input.AttributeNames ?? []), ...(input.MessageSystemAttributeNames ?? [])]);
  const system = Object.entries(shapeAttributes(message)).filter(
    ([name]) => wanted.has("All") || wanted.has(name),
  );
  const own = ownAttributes(message).filter(([name]) =>
    (input.MessageAttributeNames ?? []).some((one) => one === "All" || one === ".*" || one === name),
  );
  return {
    MessageId: message.message_id,
    ReceiptHandle: message.receipt,
    MD5OfBody: md5(message.body),
    Body: message.body,
    ...(system.length > 0 ? { Attributes: Object.fromEntries(system) } : {}),
    ...(own.length > 0 ? { MessageAttributes: Object.fromEntries(own) } : {}),
  };
}

function remove(parts: SqsParts, input: ReceiptInput) {
  queueOf(parts.queues, input);
  parts.queues.delete(receiptOf(input));
}

function changeVisibility(parts: SqsParts, input: ReceiptInput) {
  const { name } = queueOf(parts.queues, input);
  const seconds = within("VisibilityTimeout", input.VisibilityTimeout, 0, LONGEST_VISIBILITY_SECONDS);
  if (seconds === undefined) {
    throw new AwsError("MissingParameter", "The request must contain the parameter VisibilityTimeout.");
  }
  if (parts.queues.changeVisibility(name, receiptOf(input), seconds)) return;
  throw new AwsError("MessageNotInflight", "The specified message isn't in flight.");
}

function attributes(parts: SqsParts, input: QueueInput & { AttributeNames?: string[] }) {
  const queue = queueOf(parts.queues, input);
  const depth = parts.queues.depth(queue.name);
  const all: Record<string, string> = {
    QueueArn: queueArn(queue.name),
    ApproximateNumberOfMessages: String(depth.visible),
    ApproximateNumberOfMessagesNotVisible: String(depth.inFlight),
    ApproximateNumberOfMessagesDelayed: String(depth.delayed),
    VisibilityTimeout: String(queue.visibilitySeconds),
    DelaySeconds: String(queue.delaySeconds),
    MessageRetentionPeriod: String(queue.retentionSeconds),
    ReceiveMessageWaitTimeSeconds: String(queue.receiveWaitSeconds),
    MaximumMessageSize: String(MESSAGE_LIMIT_BYTES),
  };
  if (queue.deadLetters) {
    const { queue: target, maxReceives } = queue.deadLetters;
    all.RedrivePolicy = JSON.stringify({
      deadLetterTargetArn: queueArn(target),
      maxReceiveCount: maxReceives,
    });
  }
  const wanted = input.AttributeNames ?? [];
  const shown = Object.entries(all).filter(([name]) => wanted.includes("All") || wanted.includes(name));
  return { Attributes: Object.fromEntries(shown) };
}

/** Done before it answers. In AWS the task runs at its own pace. */
function move(
  parts: SqsParts,
  { SourceArn = "", DestinationArn }: { SourceArn?: string; DestinationArn?: string },
) {
  const source = queueOfArn(parts.queues, SourceArn);
  const isDeadLetterQueue = [...parts.queues.settings.values()].some(
    ({ deadLetters }) => deadLetters?.queue === source.name,
  );
  if (!isDeadLetterQueue) throw invalid("Source queue must be configured as a Dead Letter Queue.");
  const destination =
    DestinationArn === undefined ? undefined : queueOfArn(parts.queues, DestinationArn).name;
  const moved = parts.queues.moveAll(source.name, destination);
  return { TaskHandle: Buffer.from(JSON.stringify({ sourceArn: SourceArn, moved })).toString("base64") };
}
