// Traces: small enough to lie beside an event, and handed on by whoever works for somebody else.
import { createServer, type IncomingHttpHeaders, type Server } from "node:http";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, jest } from "@jest/globals";
import type Xray from "aws-xray-sdk-core";
import type * as StepFunctions from "../../../../functions/lib/adapters/aws/saga-starter.ts";
import type * as Clients from "../../../../functions/lib/adapters/aws/step-functions.ts";
import type * as Verifications from "../../../../functions/lib/adapters/aws/verification-queue.ts";
import type { PaymentEvent } from "../../../../functions/lib/contracts/event-types.ts";
import type * as Correlation from "../../../../functions/lib/runtime/correlation.ts";
import type * as Tracing from "../../../../functions/lib/runtime/tracing.ts";
import { coldStart } from "../../../support/cold-start.ts";
import { closeServers, urlOf } from "../../../support/servers.ts";

const TRACE = "Root=1-67891233-abcdef012345678912345678";
let tracing: typeof Tracing;
beforeAll(() => {
  tracing = coldStart<typeof Tracing>("lib/runtime/tracing.ts");
});

describe("a trace", () => {
  it("is packed into 22 characters and is the same when it is unpacked", () => {
    const packed = tracing.packTrace("1-67891233-abcdef012345678912345678");
    expect(packed).toHaveLength(22);
    expect(tracing.headerOf(packed)).toBe(TRACE);
  });

  it.each([undefined, "", "1-67891233", "4bf92f3577b34da6a3ce929d0e0e4736"])(
    "that is no X-Ray id is left out: %p",
    (id) => {
      expect(tracing.packTrace(id ?? "")).toBeUndefined();
    },
  );

  it.each([undefined, "", "Z4kSM6vN7wEjRWeJASNFZ", "no trace"])("cannot be read out of %p", (packed) => {
    expect(tracing.headerOf(packed)).toBeUndefined();
  });
});

describe("who asks for a verification", () => {
  const queue = (takes = true) => {
    const { SqsVerificationQueue } = coldStart<typeof Verifications>(
      "lib/adapters/aws/verification-queue.ts",
    );
    const { withIds } = jest.requireActual<typeof Correlation>(
      "../../../../functions/lib/runtime/correlation.ts",
    );
    const sent: Record<string, unknown>[] = [];
    const send = async ({ input }: { input: Record<string, unknown> }) => {
      if (!takes) throw new Error("no answer");
      sent.push(input);
    };
    return { verifications: new SqsVerificationQueue({ send } as never), withIds, sent };
  };
  const event = { payment_id: "p", type: "payment.notified" } as PaymentEvent;

  it("gives the event in the bus's envelope, with its trace and for when it is wanted", async () => {
    const { verifications, withIds, sent } = queue();
    await withIds({ trace_header: TRACE }, async () => {
      expect(await verifications.enqueue(event, 10)).toBe(true);
    });
    expect(await verifications.enqueue(event)).toBe(true);
    const [message, another] = sent;
    expect(message).toMatchObject({
      QueueUrl: "https://sqs.us-east-1.amazonaws.com/000000000000/test-integrity",
      DelaySeconds: 10,
      MessageSystemAttributes: { AWSTraceHeader: { StringValue: TRACE } },
    });
    expect(JSON.parse(String(message?.MessageBody))).toEqual({ source: "contra.payments", detail: event });
    expect(another).not.toHaveProperty("DelaySeconds");
    expect(another).not.toHaveProperty("MessageSystemAttributes");
  });

  it("is told when the queue took nothing", async () => {
    expect(await queue(false).verifications.enqueue(event)).toBe(false);
  });
});

describe("who starts a saga", () => {
  /** The trace of the invocation that works on the message of somebody else. */
  const OWN = "Root=1-11111111-111111111111111111111111;Parent=1111111111111111;Sampled=1";
  const asked: IncomingHttpHeaders[] = [];
  let server: Server;
  beforeAll(async () => {
    server = createServer((request, response) => {
      asked.push(request.headers);
      response.writeHead(200, { "content-type": "application/x-amz-json-1.0" });
      response.end('{"executionArn":"arn:aws:states:us-east-1:000000000000:execution:m:p","startDate":1}');
    });
    await new Promise<void>((resolve) => void server.listen(0, "127.0.0.1", resolve));
  });
  beforeEach(() => void asked.splice(0));
  afterEach(() => {
    delete process.env._X_AMZN_TRACE_ID;
    delete process.env.AWS_LAMBDA_FUNCTION_NAME;
  });
  afterAll(() => closeServers(server));

  /** With a client that asks, as in Lambda: SDK and tracer know the invocation. */
  const starter = (env: Record<string, string> = {}) => {
    const { StepFunctionsStarter } = coldStart<typeof StepFunctions>("lib/adapters/aws/saga-starter.ts", {
      AWS_ENDPOINT_URL_SFN: urlOf(server),
      AWS_XRAY_DAEMON_ADDRESS: undefined,
      ...env,
    });
    const own = <Module>(path: string) => jest.requireActual<Module>(`../../../../functions/lib/${path}`);
    const { withIds } = own<typeof Correlation>("runtime/correlation.ts");
    const { sfnClient } = own<typeof Clients>("adapters/aws/step-functions.ts");
    const sent: Record<string, unknown>[] = [];
    const sqs = { send: async ({ input }: { input: Record<string, unknown> }) => void sent.push(input) };
    return { saga: new StepFunctionsStarter(sfnClient(), sqs as never), withIds, sent };
  };
  const inLambda = { AWS_LAMBDA_FUNCTION_NAME: "start-saga", _X_AMZN_TRACE_ID: OWN };

  it.each<[string, Record<string, string>]>([
    ["nobody", {}],
    ["the SDK", inLambda],
    ["the tracer, too,", { ...inLambda, AWS_XRAY_DAEMON_ADDRESS: "127.0.0.1:1" }],
  ])("hands its trace on where %s knows another", async (_, env) => {
    const { saga, withIds, sent } = starter(env);
    const xray = jest.requireActual<typeof Xray>("aws-xray-sdk-core");
    await xray.getNamespace().runPromise(async () => {
      xray.setSegment(new xray.Segment("invocation", "1-11111111-111111111111111111111111"));
      await withIds({ trace_header: TRACE }, async () => {
        expect(await saga.start("card", "p")).toBe(true);
        await saga.enqueue("p");
      });
    });
    expect(asked.map((headers) => headers["x-amzn-trace-id"])).toEqual([TRACE]);
    expect(sent[0]).toMatchObject({ MessageSystemAttributes: { AWSTraceHeader: { StringValue: TRACE } } });
  });

  it("goes on in its own trace where nobody sent one", async () => {
    const { saga } = starter(inLambda);
    expect(await saga.start("card", "p")).toBe(true);
    expect(asked[0]?.["x-amzn-trace-id"]).toBe(OWN);
  });

  it("hands nothing on where there is no trace", async () => {
    const { saga, sent } = starter();
    expect(await saga.start("card", "p")).toBe(true);
    await saga.enqueue("p");
    expect(asked[0]).not.toHaveProperty("x-amzn-trace-id");
    expect(sent[0]).not.toHaveProperty("MessageSystemAttributes");
  });
});
