// `make replay-records WORKSPACE=dev REASON="…"`: gives records that a stream's consumer gave up on
// to that consumer again. `local` is the stack on this laptop.
import { join } from "node:path";
import { DynamoDBClient } from "@aws-sdk/client-dynamodb";
import { DynamoDBStreamsClient } from "@aws-sdk/client-dynamodb-streams";
import { LambdaClient } from "@aws-sdk/client-lambda";
import { GetQueueUrlCommand, SQSClient } from "@aws-sdk/client-sqs";
import { handOf, operationBy, writeDown } from "./lib/by-hand.ts";
import { reach } from "./lib/reach.ts";
import { assertWorkspace } from "./lib/workspace.ts";
import { readCatalog, STREAM_FAILURES } from "./local/common/messaging-catalog.ts";
import { PREFIX } from "./local/common/settings.ts";
import { localArn } from "./local/event-sources/stream-source.ts";
import { replayAll } from "./replay-records/replay.ts";

const { WORKSPACE, REASON } = process.env;
const MANIFEST = join(import.meta.dirname, "..", "functions", "manifest.json");

async function replay(): Promise<void> {
  if (!WORKSPACE) throw new Error("name the workspace: WORKSPACE=dev, or local for the stack on this laptop");
  assertWorkspace(WORKSPACE);
  const hand = await handOf(WORKSPACE, REASON);
  const client = new DynamoDBClient(reach(WORKSPACE, "dynamodb"));
  await writeDown(client, WORKSPACE, operationBy(hand, "records-replay", {}));
  const sqs = new SQSClient(reach(WORKSPACE, "messaging"));
  const QueueName = STREAM_FAILURES.replace(PREFIX, `${WORKSPACE}-`);
  const { QueueUrl = "" } = await sqs.send(new GetQueueUrlCommand({ QueueName }));
  const consumers = readCatalog(MANIFEST).streamMappings;
  const told = await replayAll({
    sqs,
    streams: new DynamoDBStreamsClient(reach(WORKSPACE, "dynamodb")),
    lambda: new LambdaClient(reach(WORKSPACE, "lambda")),
    queueUrl: QueueUrl,
    wants: (arn, record) =>
      consumers.find(({ name }) => arn.split(":")[6] === `${WORKSPACE}-${name}`)?.matches(record) ?? false,
    nameOf: WORKSPACE === "local" ? localArn : (arn) => arn,
    tell: console.log,
  });
  console.log(
    `${told.replayed} taken, ${told.failed} failed again, ${told.forgotten} forgotten by the stream`,
  );
  if (told.failed + told.forgotten > 0) process.exitCode = 1;
}

await replay().catch((error: Error) => {
  console.error(error.message);
  process.exitCode = 1;
});
