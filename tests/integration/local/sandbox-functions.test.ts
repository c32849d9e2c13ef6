// The sandbox provider as AWS runs it: its two functions' own handlers over DynamoDB, a queue and a
// secret. A request comes in, the books have it, and its webhook goes out to a receiver that
// verifies it.
import { createHash } from "node:crypto";
import type { Server } from "node:http";
import { afterAll, beforeAll, describe, expect, it } from "@jest/globals";
import type { APIGatewayProxyEventV2, APIGatewayProxyStructuredResultV2, SQSEvent } from "aws-lambda";
import { StandardWebhookSignature } from "../../../functions/lib/adapters/providers/standard-webhook-signature.ts";
import { listen, type Request } from "../../../scripts/local/common/http.ts";
import { PREFIX, PROVIDER_KEY, PROVIDER_WEBHOOK_SECRET } from "../../../scripts/local/common/settings.ts";
import { coldStart } from "../../support/cold-start.ts";
import { type Database, openDatabase } from "../../support/dynamodb.ts";
import { closeServers, urlOf } from "../../support/servers.ts";
import { until, untilInTime } from "../../support/until.ts";

type Answer = { status: number; body: { state?: string; error?: { code: string }; operations?: unknown[] } };
type Provide = (event: APIGatewayProxyEventV2) => Promise<APIGatewayProxyStructuredResultV2>;
type Send = (event: SQSEvent, context: object) => Promise<{ batchItemFailures: unknown[] }>;

const credentials = { key: PROVIDER_KEY, webhook_secrets: [PROVIDER_WEBHOOK_SECRET] };
/** What lies in the queue: `DelaySeconds` and the announcement. */
const queued: { delay: number; body: string }[] = [];
const came: Request[] = [];
let isQueueDown = false;
let database: Database;
let cloud: Server;
let receiver: Server;
let provide: Provide;
/**
 * The same at its own pace: what it accepts settles some seconds later, however slow this machine
 * is.
 */
let settle: Provide;
let send: Send;

/** Secrets Manager and SQS, as far as the two functions ask. */
async function answerAsCloud({ headers, body }: Request) {
  const input = JSON.parse(body.toString());
  const json = (status: number, value: object) => ({
    status,
    headers: { "content-type": "application/x-amz-json-1.0" },
    body: JSON.stringify(value),
  });
  if (headers["x-amz-target"] === "secretsmanager.GetSecretValue")
    return json(200, { Name: input.SecretId, SecretString: JSON.stringify(credentials) });
  if (isQueueDown) return json(400, { __type: "com.amazonaws.sqs#QueueDoesNotExist", message: "it is down" });
  queued.push({ delay: input.DelaySeconds, body: input.MessageBody });
  const MD5OfMessageBody = createHash("md5").update(input.MessageBody).digest("hex");
  return json(200, { MessageId: String(queued.length), MD5OfMessageBody });
}

beforeAll(async () => {
  database = await openDatabase();
  cloud = await listen(0, answerAsCloud);
  receiver = await listen(0, (request) => {
    came.push(request);
    return { status: 204 };
  });
  const env = {
    CONTRA_PREFIX: PREFIX,
    CONTRA_TIME_SCALE: "20",
    CONTRA_API_URL: urlOf(receiver),
    AWS_ACCESS_KEY_ID: database.accessKeyId,
    AWS_ENDPOINT_URL_DYNAMODB: database.url,
    AWS_ENDPOINT_URL_SQS: urlOf(cloud),
    AWS_ENDPOINT_URL_SECRETS_MANAGER: urlOf(cloud),
  };
  provide = coldStart<{ handler: Provide }>("simulate-provider/handler.ts", env).handler;
  const patience = { ...env, CONTRA_TIME_SCALE: "1" };
  settle = coldStart<{ handler: Provide }>("simulate-provider/handler.ts", patience).handler;
  send = coldStart<{ handler: Send }>("send-sandbox-webhooks/handler.ts", env).handler;
});
afterAll(async () => {
  closeServers(cloud, receiver);
  database?.close();
});

async function call(
  routeKey: string,
  more: Partial<APIGatewayProxyEventV2> = {},
  provider = provide,
): Promise<Answer> {
  const event = {
    routeKey,
    requestContext: { requestId: "r-1" },
    headers: { authorization: `Bearer ${PROVIDER_KEY}` },
    isBase64Encoded: false,
    ...more,
  } as unknown as APIGatewayProxyEventV2;
  const { statusCode = 0, body = "" } = await provider(event);
  return { status: statusCode, body: JSON.parse(body) };
}

const authorize = (reference: string, sandbox?: string) =>
  call("POST /v1/authorizations", {
    headers: { authorization: `Bearer ${PROVIDER_KEY}`, "idempotency-key": `${reference}:authorize` },
    body: JSON.stringify({
      reference,
      amount: 500,
      currency: "INR",
      ...(sandbox ? { metadata: { sandbox } } : {}),
    }),
  });
const buy = (reference: string, sandbox: string) => {
  const body = JSON.stringify({
    reference,
    amount: 10_000,
    currency: "USD",
    receive_amount: 99_000_000,
    receive_currency: "USDC",
    metadata: { sandbox },
  });
  const headers = { authorization: `Bearer ${PROVIDER_KEY}`, "idempotency-key": `${reference}:on_ramp` };
  return call("POST /v1/on-ramps", { headers, body }, settle);
};
const query = (key: string) =>
  call("GET /v1/operations/{idempotency_key}", { pathParameters: { idempotency_key: key } });

/** Hands what lies in the queue to the function that reads it. */
async function drainOnce(): Promise<void> {
  const Records = queued.splice(0).map(({ body }, index) => ({
    messageId: String(index),
    body,
    eventSource: "aws:sqs",
  }));
  expect(await send({ Records } as unknown as SQSEvent, {})).toEqual({ batchItemFailures: [] });
}

async function drain(): Promise<void> {
  while (queued.length > 0) await drainOnce();
}

/**
 * The queue here holds nothing back, so that some messages come too early and go round once more.
 */
async function drainUntil(isDone: () => boolean): Promise<void> {
  await until(async () => {
    await drainOnce();
    return isDone();
  }, "everything is told");
}

describe("the sandbox's functions", () => {
  it("take an operation, keep it, and announce it with a signature that verifies", async () => {
    expect(await authorize("f-1")).toMatchObject({ status: 201, body: { state: "succeeded" } });
    expect(await authorize("f-1")).toMatchObject({ status: 201 });
    expect(await query("f-1:authorize")).toMatchObject({ status: 200, body: { state: "succeeded" } });
    const books = await call("GET /v1/books", { queryStringParameters: { reference: "f-1" } });
    expect(books.body.operations).toHaveLength(1);
    expect(queued).toHaveLength(1);
    await drain();
    const [{ path, headers, body } = {} as Request] = came.splice(0);
    expect(path).toBe("/provider-webhooks/sandbox");
    expect(JSON.parse(String(body))).toMatchObject({ operation: { reference: "f-1", state: "succeeded" } });
    const signature = new StandardWebhookSignature({ read: async () => credentials });
    expect(await signature.isAuthentic(String(body), headers as Record<string, string>)).toBe(true);
  });

  it("carry a call out and say nothing of it where that was ordered", async () => {
    const { status, body } = await authorize("f-2", "lost_authorize_x1,duplicate_authorize");
    expect([status, body.error, body.state]).toEqual([504, undefined, undefined]);
    expect(await query("f-2:authorize")).toMatchObject({ status: 200 });
    expect(queued.map(({ delay }) => delay)[0]).toBe(0);
    await drain();
    expect(new Set(came.map(({ headers }) => headers["webhook-id"])).size).toBe(1);
    expect(came.splice(0)).toHaveLength(2);
  });

  it("let a late call take effect after its client gave up, in the same invocation", async () => {
    await untilInTime(async (tries) => {
      const late = authorize(`f-3-${tries}`, "timeout_authorize_x1");
      // Time enough for a call that is not late.
      await new Promise((resolve) => setTimeout(resolve, 100));
      const meanwhile = await query(`f-3-${tries}:authorize`);
      await late;
      const after = await query(`f-3-${tries}:authorize`);
      expect(after).toMatchObject({ status: 200, body: { state: "succeeded" } });
      return meanwhile.status === 404;
    }, "somebody asks before the late call takes effect");
    await drain();
  });

  it("settle by the time alone what they accepted, and announce both", async () => {
    expect(await buy("f-6", "pending_on_ramp")).toMatchObject({ status: 202, body: { state: "pending" } });
    const told = () =>
      came
        .map(({ body }) => JSON.parse(String(body)).operation as { reference: string; state: string })
        .filter(({ reference }) => reference === "f-6")
        .map(({ state }) => state);
    await drainUntil(() => told().includes("succeeded"));
    expect([...new Set(told())]).toEqual(["pending", "succeeded"]);
    expect(await query("f-6:on_ramp")).toMatchObject({ status: 200, body: { state: "succeeded" } });
  });

  it("tell of what never happened where that was ordered, and keep it out of the books", async () => {
    await authorize("f-7", "forged_capture_x1,lost_webhook_authorize");
    await drain();
    const [{ body } = {} as Request] = came.splice(0).filter((one) => String(one.body).includes("f-7"));
    const forged = { operation: "capture", idempotency_key: "f-7:capture", amount: 500, state: "succeeded" };
    expect(JSON.parse(String(body))).toMatchObject({ operation: forged });
    const books = await call("GET /v1/books", { queryStringParameters: { reference: "f-7" } });
    expect(books.body.operations).toMatchObject([{ operation: "authorize" }]);
    expect(await query("f-7:capture")).toMatchObject({ status: 404 });
  });

  it("refuse who does not know the key, and books that nobody named", async () => {
    const stranger = await call("GET /v1/books", { headers: { authorization: "Bearer other" } });
    expect([stranger.status, stranger.body.error?.code]).toEqual([401, "unauthorized"]);
    const all = await call("GET /v1/books", { queryStringParameters: {} });
    expect([all.status, all.body.error?.code]).toEqual([400, "invalid_request"]);
  });

  it("do nothing that they could not announce", async () => {
    isQueueDown = true;
    const { status, body } = await authorize("f-4");
    isQueueDown = false;
    expect([status, body.error?.code]).toEqual([500, "internal_error"]);
    expect(await query("f-4:authorize")).toMatchObject({ status: 404 });
  });

  it("give a message back that is none, and no other of its batch", async () => {
    await authorize("f-5");
    const [{ body } = { body: "" }] = queued.splice(0);
    const Records = [
      { messageId: "good", body, eventSource: "aws:sqs" },
      { messageId: "bad", body: "{}", eventSource: "aws:sqs" },
    ];
    expect(await send({ Records } as unknown as SQSEvent, {})).toEqual({
      batchItemFailures: [{ itemIdentifier: "bad" }],
    });
  });
});
