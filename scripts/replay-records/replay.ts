// Gives records that a stream's consumer gave up on to that consumer again. What it takes leaves
// the failure queue. What it fails on again comes back. Every consumer counts a record once,
// however often it comes.
import type { DynamoDBStreamsClient } from "@aws-sdk/client-dynamodb-streams";
import { InvokeCommand, type LambdaClient } from "@aws-sdk/client-lambda";
import {
  DeleteMessageCommand,
  type Message,
  ReceiveMessageCommand,
  type SQSClient,
} from "@aws-sdk/client-sqs";
import type { StreamRecord } from "../local/event-sources/stream-source.ts";
import { type Failure, recordsOf } from "./records.ts";

export type Replay = {
  sqs: SQSClient;
  streams: DynamoDBStreamsClient;
  lambda: LambdaClient;
  queueUrl: string;
  /**
   * True when the consumer's own filter lets the record through. The records between two that were
   * given up may be another consumer's.
   */
  wants: (functionArn: string, record: StreamRecord) => boolean;
  /** The stream's name where it is read. On a laptop functions see another name. */
  nameOf: (streamArn: string) => string;
  tell: (line: string) => void;
};
export type Told = { replayed: number; failed: number; forgotten: number };

/** Longer than any consumer runs, so that a message in work is not received again. */
const HIDDEN_SECONDS = 120;
const MOST_MESSAGES = 1_000;

/** Replays every message that the queue has now, each once. */
export async function replayAll(replay: Replay): Promise<Told> {
  const told: Told = { replayed: 0, failed: 0, forgotten: 0 };
  for (let taken = 0; taken < MOST_MESSAGES; taken++) {
    const { Messages: [message] = [] } = await replay.sqs.send(
      new ReceiveMessageCommand({
        QueueUrl: replay.queueUrl,
        VisibilityTimeout: HIDDEN_SECONDS,
        WaitTimeSeconds: 1,
      }),
    );
    if (!message) break;
    told[await replayOne(replay, message)] += 1;
  }
  return told;
}

async function replayOne(replay: Replay, { Body = "", ReceiptHandle }: Message): Promise<keyof Told> {
  const { sqs, streams, lambda, queueUrl, wants, nameOf, tell } = replay;
  const { requestContext, DDBStreamBatchInfo: batch } = JSON.parse(Body) as Failure;
  const { functionArn } = requestContext;
  const at = `${functionArn.split(":")[6]} at ${batch.startSequenceNumber}`;
  const found = await recordsOf(streams, { ...batch, streamArn: nameOf(batch.streamArn) });
  if (!found) {
    tell(`${at}: the stream has forgotten it; the message stays`);
    return "forgotten";
  }
  const Payload = JSON.stringify({ Records: found.filter((record) => wants(functionArn, record)) });
  const answer = await lambda.send(new InvokeCommand({ FunctionName: functionArn, Payload }));
  const said = answer.Payload?.transformToString() ?? "";
  if (answer.FunctionError || hasFailures(said)) {
    tell(`${at}: fails again, and stays: ${said}`);
    return "failed";
  }
  await sqs.send(new DeleteMessageCommand({ QueueUrl: queueUrl, ReceiptHandle }));
  tell(`${at}: taken`);
  return "replayed";
}

const hasFailures = (answer: string): boolean =>
  ((JSON.parse(answer || "null") as { batchItemFailures?: unknown[] } | null)?.batchItemFailures ?? [])
    .length > 0;
