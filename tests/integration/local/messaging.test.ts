// The bus part's EventBridge and SQS as the AWS SDK clients see them.
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { EventBridgeClient, PutEventsCommand, type PutEventsRequestEntry } from "@aws-sdk/client-eventbridge";
import {
  ChangeMessageVisibilityCommand,
  DeleteMessageBatchCommand,
  DeleteMessageCommand,
  GetQueueAttributesCommand,
  GetQueueUrlCommand,
  PurgeQueueCommand,
  ReceiveMessageCommand,
  SendMessageBatchCommand,
  SendMessageCommand,
  SQSClient,
  StartMessageMoveTaskCommand,
} from "@aws-sdk/client-sqs";
import { afterAll, afterEach, beforeAll, describe, expect, it } from "@jest/globals";
import { localAws, type RunningPart, startPart } from "../../support/local-part.ts";
import { queueEntry, writeManifest } from "./messaging-stubs.ts";

const home = mkdtempSync(join(tmpdir(), "contra-bus-"));
const MANIFEST = {
  queues: {
    facts: queueEntry({ max_receives: 1 }),
    other: queueEntry(),
    polled: queueEntry({ receive_wait_seconds: 20 }),
  },
  buses: { events: {} },
  rules: {
    facts: {
      bus: "events",
      pattern: { source: ["contra.payments"], "detail-type": [{ prefix: "payment." }] },
      queue: "facts",
    },
    failures: { bus: "default", pattern: { detail: { status: ["FAILED"] } }, queue: "other" },
  },
};

let part: RunningPart;
let events: EventBridgeClient;
let sqs: SQSClient;

const url = (queue: string) => `${part.url}/000000000000/local-${queue}`;
const put = (...Entries: PutEventsRequestEntry[]) => events.send(new PutEventsCommand({ Entries }));
const entry = (type: string, more: Partial<PutEventsRequestEntry> = {}): PutEventsRequestEntry => ({
  Source: "contra.payments",
  DetailType: type,
  Detail: '{"status":"CAPTURED"}',
  EventBusName: "local-events",
  ...more,
});
const receive = async (queue: string, more: object = {}) =>
  (await sqs.send(new ReceiveMessageCommand({ QueueUrl: url(queue), MaxNumberOfMessages: 10, ...more })))
    .Messages ?? [];
const order = (fault: object) =>
  fetch(`${part.url}/_local/faults`, { method: "POST", body: JSON.stringify(fault) });
const counters = async () =>
  (await fetch(`${part.url}/_local/counters`)).json() as Promise<Record<string, number>>;

beforeAll(async () => {
  part = await startPart("messaging", home, {}, { CONTRA_MANIFEST: writeManifest(home, MANIFEST) });
  events = new EventBridgeClient(localAws(part.url));
  sqs = new SQSClient(localAws(part.url));
});
afterAll(async () => {
  await part?.stop();
  rmSync(home, { recursive: true });
});
afterEach(async () => {
  for (const queue of ["facts", "facts-dlq", "other", "polled"]) {
    await sqs.send(new PurgeQueueCommand({ QueueUrl: url(queue) }));
  }
  await fetch(`${part.url}/_local/faults`, { method: "DELETE" });
  await fetch(`${part.url}/_local/counters`, { method: "DELETE" });
});

describe("PutEvents", () => {
  it("delivers a matching event in its envelope to the rule's queue", async () => {
    const time = new Date("2026-01-02T03:04:05Z");
    const { Entries, FailedEntryCount } = await put(
      entry("payment.captured", { Time: time, Resources: ["r"] }),
    );
    expect(FailedEntryCount).toBe(0);
    const [message] = await receive("facts");
    expect(JSON.parse(message?.Body ?? "")).toEqual({
      version: "0",
      id: Entries?.[0]?.EventId,
      "detail-type": "payment.captured",
      source: "contra.payments",
      account: "000000000000",
      time: "2026-01-02T03:04:05Z",
      region: "us-east-1",
      resources: ["r"],
      detail: { status: "CAPTURED" },
    });
  });

  it("hands an event's trace on to who takes it from the queue", async () => {
    const TraceHeader = "Root=1-67891233-abcdef012345678912345678";
    await put(entry("payment.captured", { TraceHeader }));
    const [message] = await receive("facts", { MessageSystemAttributeNames: ["All"] });
    expect(message?.Attributes).toMatchObject({ AWSTraceHeader: TraceHeader });
    expect(message?.Body).not.toContain(TraceHeader);
  });

  it("counts an event that no rule of its bus wants, and delivers it nowhere", async () => {
    await put(
      entry("payment.captured"),
      entry("refund.created"),
      entry("payment.captured", { EventBusName: "default" }),
    );
    expect(await counters()).toMatchObject({
      "events.PutEvents": 1,
      "events.deliveries": 1,
      "events.unmatched": 2,
    });
    expect(await receive("facts")).toHaveLength(1);
  });

  it("counts no call of ours for what an AWS service announces", async () => {
    await put(entry("Step Functions", { Source: "aws.states", EventBusName: "default" }));
    expect(await counters()).not.toHaveProperty(["events.PutEvents"]);
    await put(entry("payment.captured"));
    expect(await counters()).toMatchObject({ "events.PutEvents": 1 });
  });

  it("takes what AWS services announce on the default bus only", async () => {
    const failed = { Source: "aws.states", Detail: '{"status":"FAILED"}' };
    const { Entries } = await put(
      entry("Step Functions", { ...failed, EventBusName: "default" }),
      entry("x", failed),
    );
    expect(Entries).toMatchObject([{ EventId: expect.any(String) }, { ErrorCode: "NotAuthorizedForSource" }]);
    expect(await receive("other")).toHaveLength(1);
  });

  it("refuses entries one by one and keeps the others", async () => {
    const { Entries, FailedEntryCount } = await put(
      entry("payment.a"),
      entry("payment.b", { Detail: "{" }),
      entry("payment.c", { Detail: "[]" }),
      entry("payment.d", { Source: "" }),
      entry("payment.e", { EventBusName: "local-nowhere" }),
    );
    expect(FailedEntryCount).toBe(4);
    expect(Entries?.map(({ ErrorCode }) => ErrorCode)).toEqual([
      undefined,
      "MalformedDetail",
      "MalformedDetail",
      "InvalidArgument",
      "ResourceNotFoundException",
    ]);
    expect(await receive("facts")).toHaveLength(1);
  });

  it("refuses a call with more than ten entries or 256 KiB, whole", async () => {
    await expect(put(...Array.from({ length: 11 }, () => entry("payment.a")))).rejects.toMatchObject({
      name: "ValidationException",
    });
    const large = entry("payment.a", { Detail: JSON.stringify({ text: "x".repeat(140_000) }) });
    await expect(put(large, large)).rejects.toMatchObject({ name: "ValidationException" });
    expect((await put(large)).FailedEntryCount).toBe(0);
    expect(await receive("facts")).toHaveLength(1);
  });

  it("throttles the call or fails its last entry when a fault says so, once", async () => {
    await order({ target: "PutEvents", fault: "throttle", count: 1 });
    await expect(put(entry("payment.a"))).rejects.toMatchObject({ name: "ThrottlingException" });
    await order({ target: "PutEvents", fault: "partial", count: 1 });
    const { Entries, FailedEntryCount } = await put(entry("payment.a"), entry("payment.b"));
    expect(FailedEntryCount).toBe(1);
    expect(Entries?.[1]?.ErrorCode).toBe("InternalFailure");
    expect((await receive("facts")).map(({ Body }) => JSON.parse(Body ?? "")["detail-type"])).toEqual([
      "payment.a",
    ]);
    expect((await put(entry("payment.b"))).FailedEntryCount).toBe(0);
  });
});

describe("SQS", () => {
  it("sends, receives with the attributes asked for, and deletes", async () => {
    const { QueueUrl } = await sqs.send(new GetQueueUrlCommand({ QueueName: "local-other" }));
    expect(QueueUrl).toBe(url("other"));
    const MessageAttributes = { kind: { DataType: "String", StringValue: "start" } };
    await sqs.send(new SendMessageCommand({ QueueUrl, MessageBody: "grüße", MessageAttributes }));
    const [message] = await receive("other", {
      MessageSystemAttributeNames: ["All"],
      MessageAttributeNames: ["All"],
    });
    expect(message).toMatchObject({
      Body: "grüße",
      MessageAttributes,
      Attributes: { ApproximateReceiveCount: "1", SentTimestamp: expect.stringMatching(/^\d{13}$/) },
    });
    await sqs.send(new DeleteMessageCommand({ QueueUrl, ReceiptHandle: message?.ReceiptHandle }));
    const depth = await sqs.send(new GetQueueAttributesCommand({ QueueUrl, AttributeNames: ["All"] }));
    expect(depth.Attributes).toMatchObject({
      ApproximateNumberOfMessages: "0",
      ApproximateNumberOfMessagesNotVisible: "0",
      VisibilityTimeout: "60",
    });
  });

  it("keeps a sender's trace apart from the sender's own attributes", async () => {
    const trace = { DataType: "String" as const, StringValue: "Root=1-67891233-abcdef012345678912345678" };
    const message = { QueueUrl: url("other"), MessageBody: "traced" };
    await sqs.send(
      new SendMessageCommand({ ...message, MessageSystemAttributes: { AWSTraceHeader: trace } }),
    );
    const asked = { MessageSystemAttributeNames: ["All" as const], MessageAttributeNames: ["All"] };
    const [received] = await receive("other", asked);
    expect(received?.Attributes).toMatchObject({ AWSTraceHeader: trace.StringValue });
    expect(received?.MessageAttributes).toBeUndefined();
  });

  it("answers each entry of a batch for itself", async () => {
    const Entries = ["a", "b", "c"].map((Id) => ({ Id, MessageBody: Id === "b" ? "" : Id }));
    const sent = await sqs.send(new SendMessageBatchCommand({ QueueUrl: url("other"), Entries }));
    expect(sent.Successful?.map(({ Id }) => Id)).toEqual(["a", "c"]);
    expect(sent.Failed).toMatchObject([{ Id: "b", SenderFault: true, Code: "MissingParameter" }]);
    const received = await receive("other");
    const receipts = received.map(({ ReceiptHandle }, at) => ({ Id: `${at}`, ReceiptHandle }));
    const deleted = await sqs.send(
      new DeleteMessageBatchCommand({
        QueueUrl: url("other"),
        Entries: [...receipts, { Id: "x", ReceiptHandle: "nonsense" }],
      }),
    );
    expect(deleted.Successful).toHaveLength(2);
    expect(deleted.Failed).toMatchObject([{ Id: "x", Code: "ReceiptHandleIsInvalid" }]);
  });

  it("wakes a long poll when a message arrives", async () => {
    const waiting = receive("polled");
    await sqs.send(new SendMessageCommand({ QueueUrl: url("polled"), MessageBody: "m" }));
    expect(await waiting).toMatchObject([{ Body: "m" }]);
  });

  it("shows a message again as soon as its visibility is set to zero, and refuses to when it is not in flight", async () => {
    await sqs.send(new SendMessageCommand({ QueueUrl: url("other"), MessageBody: "m" }));
    const [message] = await receive("other");
    const show = () =>
      sqs.send(
        new ChangeMessageVisibilityCommand({
          QueueUrl: url("other"),
          ReceiptHandle: message?.ReceiptHandle,
          VisibilityTimeout: 0,
        }),
      );
    await show();
    await expect(show()).rejects.toMatchObject({ name: "MessageNotInflight" });
    expect(await receive("other")).toHaveLength(1);
  });

  it("redrives dead letters, and refuses to from a queue that holds none", async () => {
    await sqs.send(new SendMessageCommand({ QueueUrl: url("facts"), MessageBody: "m" }));
    await receive("facts", { VisibilityTimeout: 0 });
    expect(await receive("facts")).toEqual([]);
    const arn = "arn:aws:sqs:us-east-1:000000000000:local-facts";
    const { TaskHandle } = await sqs.send(new StartMessageMoveTaskCommand({ SourceArn: `${arn}-dlq` }));
    expect(TaskHandle).toBeDefined();
    expect(await receive("facts")).toMatchObject([{ Body: "m" }]);
    await expect(sqs.send(new StartMessageMoveTaskCommand({ SourceArn: arn }))).rejects.toMatchObject({
      name: "InvalidParameterValue",
    });
  });

  it("refuses an unknown queue, a message over 256 KiB, and an operation that is not emulated", async () => {
    const send = (QueueUrl: string, MessageBody: string) =>
      sqs.send(new SendMessageCommand({ QueueUrl, MessageBody }));
    await expect(send(url("nowhere"), "m")).rejects.toMatchObject({ name: "QueueDoesNotExist" });
    await expect(send(url("other"), "x".repeat(262_145))).rejects.toMatchObject({
      name: "InvalidParameterValue",
    });
    const answer = await fetch(part.url, {
      method: "POST",
      headers: { "x-amz-target": "AmazonSQS.CreateQueue" },
    });
    expect(answer.status).toBe(400);
  });

  it("is unavailable for senders when a fault says so, and for nobody else", async () => {
    await order({ target: "SendMessage", fault: "unavailable", count: 1 });
    const send = () => sqs.send(new SendMessageCommand({ QueueUrl: url("other"), MessageBody: "m" }));
    expect(await receive("other")).toEqual([]);
    await expect(send()).rejects.toMatchObject({
      name: "ServiceUnavailable",
      $metadata: { httpStatusCode: 503 },
    });
    await send();
    expect(await counters()).toMatchObject({ "sqs.SendMessage": 2, "sqs.ReceiveMessage": 1 });
  });
});
