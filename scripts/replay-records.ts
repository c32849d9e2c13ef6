// `make replay-records WORKSPACE=dev`: gives what the streams' consumers gave up on to them again, in AWS by the usual AWS settings, on a
// laptop (WORKSPACE=local) by the addresses in CONTRA_HOME.
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { DynamoDBStreamsClient } from "@aws-sdk/client-dynamodb-streams";
import { LambdaClient } from "@aws-sdk/client-lambda";
import { GetQueueUrlCommand, SQSClient } from "@aws-sdk/client-sqs";
import { readCatalog, STREAM_FAILURES } from "./local/bus/catalog.ts";
import { localArn } from "./local/bus/stream-source.ts";
import { PREFIX, REGION } from "./local/lib/settings.ts";
import { replayAll } from "./replay/replay.ts";

const { WORKSPACE, CONTRA_HOME = ".contra" } = process.env;
const MANIFEST = join(import.meta.dirname, "..", "functions", "manifest.json");

/** How a part of the laptop's stack is reached; nothing special in AWS. */
function reach(part: "bus" | "functions" | "database") {
  if (WORKSPACE !== "local") return {};
  const file = join(CONTRA_HOME, "stack.json");
  if (!existsSync(file)) throw new Error(`${file} is not there: no stack runs on this CONTRA_HOME`);
  const { parts } = JSON.parse(readFileSync(file, "utf8")) as { parts: Record<string, { url: string }> };
  const credentials = { accessKeyId: "local", secretAccessKey: "local" };
  return { endpoint: parts[part]?.url ?? "", region: REGION, credentials, useQueueUrlAsEndpoint: false };
}

async function replay(): Promise<void> {
  if (!WORKSPACE) throw new Error("name the workspace: WORKSPACE=dev, or local for the stack on this laptop");
  const sqs = new SQSClient(reach("bus"));
  const QueueName = STREAM_FAILURES.replace(PREFIX, `${WORKSPACE}-`);
  const { QueueUrl = "" } = await sqs.send(new GetQueueUrlCommand({ QueueName }));
  const consumers = readCatalog(MANIFEST).streamMappings;
  const told = await replayAll({
    sqs,
    streams: new DynamoDBStreamsClient(reach("database")),
    lambda: new LambdaClient(reach("functions")),
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
