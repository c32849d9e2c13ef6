// What the bus part invokes by itself, against a stub of Lambda and a real DynamoDB Local: queues,
// streams, schedules.
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { DynamoDBStreamsClient } from "@aws-sdk/client-dynamodb-streams";
import { LambdaClient } from "@aws-sdk/client-lambda";
import {
  GetQueueAttributesCommand,
  type GetQueueAttributesCommandOutput,
  PurgeQueueCommand,
  ReceiveMessageCommand,
  SendMessageCommand,
  SQSClient,
} from "@aws-sdk/client-sqs";
import { afterAll, beforeAll, describe, expect, it } from "@jest/globals";
import { localArn } from "../../../scripts/local/event-sources/stream-source.ts";
import { replayAll } from "../../../scripts/replay-records/replay.ts";
import { freePort, localAws, type RunningPart, startPart } from "../../support/local-part.ts";
import { until } from "../../support/until.ts";
import {
  DynamoDbLocal,
  queueEntry,
  type StubEvent,
  stubFunctions,
  writeManifest,
} from "./messaging-stubs.ts";

const home = mkdtempSync(join(tmpdir(), "contra-mappings-"));
const stream = (table: string, more: object = {}) => ({
  timeout_seconds: 5,
  stream: { table, batch_size: 10, window_seconds: 0, max_retries: 2, ...more },
});
const MANIFEST = {
  functions: {
    "take-work": { timeout_seconds: 5, queue: { name: "work", batch_size: 10 } },
    "take-singles": { timeout_seconds: 5, queue: { name: "singles", batch_size: 1 } },
    "take-pairs": { timeout_seconds: 5, queue: { name: "pairs", batch_size: 2, window_seconds: 10 } },
    "relay-facts": stream("facts", {
      filter: { eventName: ["INSERT"], dynamodb: { Keys: { pk: { S: [{ prefix: "EVENT#" }] } } } },
    }),
    "fold-journals": stream("journals", { window_seconds: 10, batch_size: 3 }),
    "sweep-things": { timeout_seconds: 5, schedule: { rate_seconds: 10 } },
  },
  queues: {
    work: queueEntry({ visibility_timeout_seconds: 20, max_receives: 2 }),
    singles: queueEntry(),
    pairs: queueEntry(),
    "stream-failures": queueEntry(),
  },
};

let part: RunningPart;
let sqs: SQSClient;
let dynamo: DynamoDbLocal;
let functionsUrl: string;
let functions: Awaited<ReturnType<typeof stubFunctions>>;
const given: Record<string, StubEvent[]> = {};
/** What a test puts here decides about the function's batches. */
const behaviour: Record<string, (event: StubEvent) => unknown> = {};

const stub = (name: string) => (event: StubEvent) => {
  given[name] = [...(given[name] ?? []), event];
  return behaviour[name]?.(event);
};
const records = (name: string) => (given[name] ?? []).flatMap(({ Records }) => Records);
const keys = (name: string) => records(name).map(({ dynamodb }) => dynamodb.Keys.pk.S);
const url = (queue: string) => `${part.url}/000000000000/local-${queue}`;
const send = (queue: string, MessageBody: string) =>
  sqs.send(new SendMessageCommand({ QueueUrl: url(queue), MessageBody }));
const depth = async (queue: string) => {
  const answer: GetQueueAttributesCommandOutput = await sqs.send(
    new GetQueueAttributesCommand({ QueueUrl: url(queue), AttributeNames: ["All"] }),
  );
  const { ApproximateNumberOfMessages: visible, ApproximateNumberOfMessagesNotVisible: inFlight } =
    answer.Attributes ?? {};
  return `${visible}+${inFlight}`;
};
/** Nothing is read from any stream until `resumeStreams`, however long that takes. */
const pauseStreams = () =>
  fetch(`${part.url}/_local/faults`, {
    method: "POST",
    body: JSON.stringify({ target: "streams", fault: "pause", seconds: 86_400 }),
  });
const resumeStreams = () => fetch(`${part.url}/_local/faults`, { method: "DELETE" });
/** Lets the relay give up on a record that nobody takes. */
async function giveUpOn(key: string): Promise<void> {
  behaviour["relay-facts"] = () => {
    throw new Error("poison");
  };
  await dynamo.put("local-facts", key);
  await until(async () => (await depth("stream-failures")) === "1+0", "the record is given up");
}
const counters = async () =>
  (await fetch(`${part.url}/_local/counters`)).json() as Promise<Record<string, number>>;

beforeAll(async () => {
  dynamo = await DynamoDbLocal.start(home);
  for (const table of ["facts", "journals"]) await dynamo.createTable(`local-${table}`);
  const port = await freePort();
  functionsUrl = `http://127.0.0.1:${port}`;
  functions = await stubFunctions(
    port,
    Object.fromEntries(Object.keys(MANIFEST.functions).map((name) => [name, stub(name)])),
  );
  part = await startPart(
    "messaging",
    home,
    { lambda: `http://127.0.0.1:${port}`, dynamodb: dynamo.url },
    { CONTRA_MANIFEST: writeManifest(home, MANIFEST), CONTRA_TIME_SCALE: "20" },
  );
  sqs = new SQSClient(localAws(part.url));
});
afterAll(async () => {
  await part?.stop();
  await dynamo?.kill();
  functions?.close();
  rmSync(home, { recursive: true });
});

describe("the mapping from a queue", () => {
  it("gives a function its messages in SQS's event and deletes them", async () => {
    await send("work", "one");
    await until(() => records("take-work").length === 1, "the message is given");
    expect(records("take-work")[0]).toMatchObject({
      body: "one",
      eventSource: "aws:sqs",
      eventSourceARN: "arn:aws:sqs:us-east-1:000000000000:local-work",
      attributes: { ApproximateReceiveCount: "1" },
    });
    await until(async () => (await depth("work")) === "0+0", "it is deleted");
  });

  it("gives again only what the function reports as failed, and dead-letters it in the end", async () => {
    behaviour["take-work"] = ({ Records }) => ({
      batchItemFailures: Records.filter(({ body }) => body === "bad").map(({ messageId }) => ({
        itemIdentifier: messageId,
      })),
    });
    given["take-work"] = [];
    await Promise.all(["good", "bad", "fine"].map((body) => send("work", body)));
    await until(async () => (await depth("work-dlq")) === "1+0", "the bad one is a dead letter");
    const bodies = records("take-work").map(({ body }) => body);
    expect(bodies.sort()).toEqual(["bad", "bad", "fine", "good"]);
    expect(await depth("work")).toBe("0+0");
  });

  it("gives a whole batch again after the visibility timeout when the function throws", async () => {
    let tries = 0;
    behaviour["take-work"] = () => {
      tries += 1;
      if (tries === 1) throw new Error("no");
    };
    given["take-work"] = [];
    await send("work", "again");
    await until(() => tries === 2, "the second try");
    expect(records("take-work").map(({ attributes }) => attributes.ApproximateReceiveCount)).toEqual([
      "1",
      "2",
    ]);
    await until(async () => (await depth("work")) === "0+0", "it is deleted");
  });

  it("runs five batches at a time and no more", async () => {
    let running = 0;
    let most = 0;
    const releases: (() => void)[] = [];
    behaviour["take-singles"] = async () => {
      running += 1;
      most = Math.max(most, running);
      await new Promise<void>((resolve) => releases.push(resolve));
      running -= 1;
    };
    for (let count = 0; count < 7; count++) await send("singles", "m");
    await until(() => running === 5, "five at a time");
    expect(await depth("singles")).toBe("2+5");
    await until(() => {
      for (const release of releases.splice(0)) release();
      return records("take-singles").length === 7;
    }, "all seven");
    await until(() => {
      for (const release of releases.splice(0)) release();
      return running === 0;
    }, "all seven end");
    expect(most).toBe(5);
  });

  it("waits for a full batch until the window of its first message is over", async () => {
    const sizes = () => (given["take-pairs"] ?? []).map(({ Records }) => Records.length);
    await send("pairs", "one");
    await send("pairs", "two");
    await until(() => records("take-pairs").length === 2, "a full batch does not wait");
    expect(sizes()).toEqual([2]);
    const sent = Date.now();
    await send("pairs", "three");
    await until(() => records("take-pairs").length === 3, "the rest after the window");
    // 10 s at a time scale of 20.
    expect(Date.now() - sent).toBeGreaterThanOrEqual(500);
    expect(sizes()).toEqual([2, 1]);
  });

  it("does not count the time in which Lambda could not be reached", async () => {
    behaviour["take-work"] = () => undefined;
    given["take-work"] = [];
    functions.state.down = true;
    await send("work", "patient");
    await until(() => functions.state.refused > 3, "more tries than the queue allows receives");
    functions.state.down = false;
    await until(() => records("take-work").length === 1, "given after all");
    expect(records("take-work")[0]?.attributes.ApproximateReceiveCount).toBe("1");
  });
});

describe("the mapping from a stream", () => {
  it("gives a function the records that its filter wants, in order, in Lambda's event", async () => {
    await dynamo.put("local-facts", "PAYMENT#1");
    await dynamo.put("local-facts", "EVENT#0", { blob: { B: new Uint8Array([1, 2]) } });
    await until(() => keys("relay-facts").length === 1, "the first record");
    await dynamo.put("local-facts", "EVENT#1");
    await until(() => keys("relay-facts").length === 2, "the second record");
    expect(keys("relay-facts")).toEqual(["EVENT#0", "EVENT#1"]);
    expect(records("relay-facts")[0]).toMatchObject({
      eventName: "INSERT",
      eventSource: "aws:dynamodb",
      awsRegion: "us-east-1",
      eventSourceARN: expect.stringMatching(/^arn:aws:dynamodb:us-east-1:.*table\/local-facts\/stream\//),
      dynamodb: {
        ApproximateCreationDateTime: expect.any(Number),
        SequenceNumber: expect.stringMatching(/^\d+$/),
        Keys: { pk: { S: "EVENT#0" } },
        NewImage: { blob: { B: "AQI=" } },
        StreamViewType: "NEW_IMAGE",
      },
    });
  });

  it("goes on at the first failure that the function reports", async () => {
    let reported = false;
    behaviour["relay-facts"] = ({ Records }) => {
      const failed = Records.find(({ dynamodb }) => dynamodb.Keys.pk.S === "EVENT#b2");
      if (!failed || reported) return undefined;
      reported = true;
      return { batchItemFailures: [{ itemIdentifier: failed.dynamodb.SequenceNumber }] };
    };
    given["relay-facts"] = [];
    for (const id of [1, 2, 3]) await dynamo.put("local-facts", `EVENT#b${id}`);
    await until(() => keys("relay-facts").includes("EVENT#b3") && reported, "all were given");
    await until(async () => keys("relay-facts").filter((key) => key === "EVENT#b2").length === 2, "twice");
    expect(keys("relay-facts").filter((key) => key === "EVENT#b1")).toHaveLength(1);
    // What is left after a failure is bisected: the third follows in a batch of its own.
    await until(async () => keys("relay-facts").at(-1) === "EVENT#b3", "the third, after both");
  });

  it("bisects to the poisonous record, puts its key into the failure queue and goes on", async () => {
    const taken: string[] = [];
    behaviour["relay-facts"] = ({ Records }) => {
      const ids = Records.map(({ dynamodb }) => dynamodb.Keys.pk.S);
      if (ids.includes("EVENT#c4")) throw new Error("poison");
      taken.push(...ids);
    };
    given["relay-facts"] = [];
    await pauseStreams();
    for (let id = 0; id < 8; id++) await dynamo.put("local-facts", `EVENT#c${id}`);
    await dynamo.put("local-facts", "PAYMENT#2");
    expect(given["relay-facts"]).toEqual([]);
    await resumeStreams();
    await until(() => taken.includes("EVENT#c7"), "the last record is taken");
    expect(taken).toEqual([0, 1, 2, 3, 5, 6, 7].map((id) => `EVENT#c${id}`));
    expect(
      given["relay-facts"]?.filter(
        ({ Records }) => Records.length === 1 && Records[0]?.dynamodb.Keys.pk.S === "EVENT#c4",
      ),
    ).toHaveLength(3);
    const failures = { QueueUrl: url("stream-failures"), VisibilityTimeout: 0 };
    const { Messages } = await sqs.send(new ReceiveMessageCommand(failures));
    expect(JSON.parse(Messages?.[0]?.Body ?? "")).toMatchObject({
      requestContext: {
        functionArn: "arn:aws:lambda:us-east-1:000000000000:function:local-relay-facts:live",
        condition: "RetryAttemptsExhausted",
        approximateInvokeCount: 3,
      },
      DDBStreamBatchInfo: { batchSize: 1, startSequenceNumber: expect.stringMatching(/^\d+$/) },
      record: { eventName: "INSERT", Keys: { pk: { S: "EVENT#c4" } } },
    });
    expect(await counters()).toMatchObject({ "streams.given_up": 1 });
  });

  it("gives a given-up record again on demand, and keeps it while it still fails", async () => {
    const replay = {
      sqs,
      streams: new DynamoDBStreamsClient(localAws(dynamo.url)),
      lambda: new LambdaClient(localAws(functionsUrl)),
      queueUrl: url("stream-failures"),
      wants: () => true,
      nameOf: localArn,
      tell: () => undefined,
    };
    await sqs.send(new PurgeQueueCommand({ QueueUrl: url("stream-failures") }));
    await giveUpOn("EVENT#g1");
    expect(await replayAll(replay)).toEqual({ replayed: 0, failed: 1, forgotten: 0 });
    await sqs.send(new PurgeQueueCommand({ QueueUrl: url("stream-failures") }));
    await giveUpOn("EVENT#g2");
    delete behaviour["relay-facts"];
    given["relay-facts"] = [];
    expect(await replayAll(replay)).toEqual({ replayed: 1, failed: 0, forgotten: 0 });
    expect(keys("relay-facts")).toEqual(["EVENT#g2"]);
    expect(await depth("stream-failures")).toBe("0+0");
  });

  it("gathers a batch until it is full or its window is over", async () => {
    await pauseStreams();
    for (const id of [1, 2, 3]) await dynamo.put("local-journals", `J${id}`);
    await resumeStreams();
    await until(() => keys("fold-journals").length === 3, "a full batch");
    await dynamo.put("local-journals", "J4");
    await until(() => keys("fold-journals").length === 4, "the rest after the window");
    const sizes = (given["fold-journals"] ?? []).map(({ Records }) => Records.length);
    expect(sizes.reduce((sum, size) => sum + size, 0)).toBe(4);
    expect(sizes.length).toBeLessThan(4);
  });

  it("goes on where it was when the database was killed and came back", async () => {
    behaviour["relay-facts"] = () => undefined;
    given["relay-facts"] = [];
    await dynamo.put("local-facts", "EVENT#d1");
    await until(() => keys("relay-facts").length === 1, "before the crash");
    await dynamo.kill();
    await dynamo.start();
    await dynamo.put("local-facts", "EVENT#d2");
    await until(() => keys("relay-facts").length === 2, "after the crash");
    expect(keys("relay-facts")).toEqual(["EVENT#d1", "EVENT#d2"]);
  });
});

describe("a schedule", () => {
  it("invokes its function again and again, asynchronously, with the scheduler's event", async () => {
    await until(() => (given["sweep-things"] ?? []).length >= 2, "two invocations");
    expect(given["sweep-things"]?.[0]).toMatchObject({
      source: "aws.scheduler",
      time: expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/),
    });
    expect(functions.state.types).toContain("Event");
  });
});
