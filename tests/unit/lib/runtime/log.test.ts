// Log lines carry the ids of the work at hand and of no other, and never what a log may not hold.
import { beforeAll, describe, expect, it, jest } from "@jest/globals";
import type { Context, SQSEvent } from "aws-lambda";
import type { PaymentEvent } from "../../../../functions/lib/contracts/event-types.ts";
import type { PaymentRecord } from "../../../../functions/lib/domain/payment.ts";
import type * as Http from "../../../../functions/lib/runtime/http.ts";
import type * as Log from "../../../../functions/lib/runtime/log.ts";
import type * as Queue from "../../../../functions/lib/runtime/queue.ts";
import type * as Schedule from "../../../../functions/lib/runtime/schedule.ts";
import type * as Step from "../../../../functions/lib/runtime/step.ts";
import type * as Stream from "../../../../functions/lib/runtime/stream.ts";
import type * as Transitions from "../../../../functions/lib/runtime/transitions.ts";
import { coldStart } from "../../../support/cold-start.ts";
import { request } from "../../../support/http-event.ts";
import { type Line, linesOf, SPEAKING } from "../../../support/log-lines.ts";

const load = <Module>(name: string): Module =>
  jest.requireActual(`../../../../functions/lib/runtime/${name}.ts`);
const PAYMENT = "2f6c1f0e-0000-8000-8000-000000000001";
const TRACE = "Root=1-67891233-abcdef012345678912345678;Parent=463ac35c9f6413ad;Sampled=1";
const TRACE_ID = "1-67891233-abcdef012345678912345678";
const context = (awsRequestId: string) =>
  ({ awsRequestId, getRemainingTimeInMillis: () => 30_000 }) as Context;

let log: typeof Log.log;
let http: typeof Http;
let runtimes: typeof Queue & typeof Step & typeof Stream & typeof Schedule;
beforeAll(() => {
  http = coldStart<typeof Http>("lib/runtime/http.ts", SPEAKING);
  log = load<typeof Log>("log").log;
  runtimes = { ...load<typeof Queue>("queue"), ...load<typeof Step>("step") } as typeof runtimes;
  runtimes = { ...runtimes, ...load<typeof Stream>("stream"), ...load<typeof Schedule>("schedule") };
});

const said = (lines: Line[], message: string): Line => lines.find((line) => line.message === message) ?? {};
const IDS = ["request_id", "message_id", "payment_id", "execution", "event_id", "merchant_id", "trace_id"];
const idsIn = (line: Line) => Object.fromEntries(IDS.flatMap((id) => (line[id] ? [[id, line[id]]] : [])));

describe("a log line", () => {
  it("names its function and version, and the trace of its invocation", async () => {
    process.env._X_AMZN_TRACE_ID = TRACE;
    const [line] = await linesOf(() => log.info("here"));
    delete process.env._X_AMZN_TRACE_ID;
    expect(line).toMatchObject({ level: "INFO", function: "a-function", version: "7", trace_id: TRACE_ID });
    expect((await linesOf(() => log.info("here")))[0]).not.toHaveProperty("trace_id");
  });

  it("of a step that makes a transition is the transition's alone", async () => {
    const { reportTransition } = load<typeof Transitions>("transitions");
    const input = { payment_id: PAYMENT, execution: PAYMENT };
    const payment = { payment_id: PAYMENT, merchant_id: "m1", rail: "card", status: "PROCESSING" };
    const event = { event_id: "e", type: "payment.validated" };
    const moves = async () => {
      await Promise.resolve();
      reportTransition(payment as PaymentRecord, event as PaymentEvent, "PENDING");
    };
    const nothing = async () => undefined;
    const messagesOf = async (...runs: (() => Promise<void>)[]) => {
      const steps = () =>
        Promise.all(runs.map((run) => runtimes.stepHandler(run)(input, context("lambda-1"))));
      return (await linesOf(steps)).map(({ message }) => message).sort();
    };
    expect(await messagesOf(moves)).toEqual(["transition"]);
    // What one run told silences no other.
    expect(await messagesOf(moves, nothing)).toEqual(["step was done before", "transition"]);
    expect(await messagesOf(nothing)).toEqual(["step was done before"]);
  });

  it("of a request carries request, merchant and payment", async () => {
    const handler = http.httpHandler({
      "GET /payments/{payment_id}": async () => {
        log.info("read");
        return { statusCode: 200 };
      },
    });
    const event = request("GET /payments/{payment_id}", { path: { payment_id: PAYMENT } });
    const lines = await linesOf(() => handler(event, context("lambda-1")));
    expect(idsIn(said(lines, "read"))).toEqual({
      request_id: "request-1",
      merchant_id: "m1",
      payment_id: PAYMENT,
    });
  });

  it("of a request that is refused carries it too, and the code that the client got", async () => {
    const lines = await linesOf(() => http.httpHandler({})(request("GET /elsewhere"), context("lambda-1")));
    expect(said(lines, "request refused")).toMatchObject({ request_id: "request-1", code: "NotFound" });
  });

  it("of a step carries payment, execution and request", async () => {
    const step = runtimes.stepHandler(() => Promise.reject(new TypeError("ours")));
    const lines = await linesOf(() => step({ payment_id: PAYMENT, execution: "a2" }, context("r1")));
    expect(idsIn(said(lines, "step failed"))).toEqual({
      payment_id: PAYMENT,
      execution: "a2",
      request_id: "r1",
    });
  });

  it("of a message carries the message and the trace of who sent it, and nothing of its neighbours", async () => {
    const Records = ["m1", "m2"].map((messageId) => ({
      messageId,
      body: JSON.stringify(messageId),
      eventSource: "aws:sqs",
      attributes: messageId === "m1" ? { AWSTraceHeader: TRACE } : {},
    }));
    const handler = runtimes.queueHandler(async (body) => {
      // Both are on their way before either speaks.
      await new Promise((resolve) => setImmediate(resolve));
      log.info(String(body));
    });
    const lines = await linesOf(() => handler({ Records } as unknown as SQSEvent, context("r1")));
    expect(idsIn(said(lines, "m1"))).toEqual({ request_id: "r1", message_id: "m1", trace_id: TRACE_ID });
    expect(idsIn(said(lines, "m2"))).toEqual({ request_id: "r1", message_id: "m2" });
  });

  it("of a stream's batch and of a schedule carries the request", async () => {
    const stream = runtimes.streamHandler(async () => "5");
    const lines = await linesOf(() => stream({ Records: [] }, context("r1")));
    expect(said(lines, "stream batch stopped early")).toMatchObject({ request_id: "r1", position: "5" });
    const schedule = runtimes.scheduleHandler(() => Promise.reject(new Error("no")));
    const others = await linesOf(() => schedule({}, context("r2")));
    expect(said(others, "scheduled run failed")).toMatchObject({ request_id: "r2" });
  });

  it("holds nothing of the payment before, in an environment that stays warm", async () => {
    const step = runtimes.stepHandler(async () => undefined);
    await linesOf(() => step({ payment_id: PAYMENT, execution: "a2" }, context("r1")));
    const [line = {}] = await linesOf(() => log.info("between"));
    expect(idsIn(line)).toEqual({});
  });
});

describe("a log line never holds", () => {
  const CARD = "4242 4242 4242 4242";
  const poisoned = () =>
    Object.assign(new Error(`declined ${CARD}`), {
      CancellationReasons: [{ Item: { user_id: { S: "user-4711" } } }],
      cause: Object.assign(new Error("sent with Bearer abc.def.ghi to whsec_c2VjcmV0"), {
        config: { headers: { authorization: "Basic dXNlcjpwYXNz" } },
      }),
    });

  it.each(["4242", "user-4711", "abc.def", "whsec_", "dXNlcjpwYXNz"])(
    "%s of a poisoned error",
    async (secret) => {
      const lines = await linesOf(() => log.error("failed", { error: poisoned() }));
      expect(said(lines, "failed")).toMatchObject({ error: { name: "Error", cause: { name: "Error" } } });
      expect(JSON.stringify(lines)).not.toContain(secret);
    },
  );

  it("a card number in a name, a number or an error's name, nor half of one where it is cut off", async () => {
    const error = Object.assign(new Error("x"), { name: "4242424242424242" });
    const text = `${"x".repeat(3_990)}4242424242424242`;
    const given = { "4242-4242-4242-4242": 1, number: 4242424242424242, big: 4242424242424242n, text };
    const lines = await linesOf(() => log.info("seen", { given, error }));
    expect(JSON.stringify(lines)).not.toContain("4242");
    const other = `${"x".repeat(3_998)}4242424242424242`;
    expect(JSON.stringify(await linesOf(() => log.info("seen", { other })))).not.toContain("4242");
  });

  it("a body, a token or somebody's data, by the name of the member", async () => {
    const given = {
      body: "b",
      rawBody: "b",
      payment_method: "b",
      user_id: "b",
      api_token: "b",
      metadata: { a: "b" },
    };
    const [line = {}] = await linesOf(() => log.info("seen", { given }));
    expect(Object.values(line.given as object)).toEqual(Array(6).fill("[hidden]"));
  });

  it("less than what helps: names, numbers, ids and stacks stay", async () => {
    const [line = {}] = await linesOf(() =>
      log.info("seen", {
        amount: 12n,
        payment_id: "00000000-0000-8000-8000-000000000000",
        error: new Error("x"),
      }),
    );
    expect(line).toMatchObject({ amount: "12", payment_id: "00000000-0000-8000-8000-000000000000" });
    expect(line.error).toMatchObject({ stack: expect.stringContaining("log.test.ts") });
  });
});

describe("the level", () => {
  it("is the one that the environment names", async () => {
    const { log: quiet } = coldStart<typeof Log>("lib/runtime/log.ts", {
      ...SPEAKING,
      CONTRA_LOG_LEVEL: "WARN",
    });
    expect(await linesOf(() => quiet.info("no"))).toEqual([]);
    expect(await linesOf(() => quiet.warn("yes"))).toHaveLength(1);
  });

  it("must be one that exists", () => {
    expect(() => coldStart("lib/runtime/log.ts", { CONTRA_LOG_LEVEL: "LOUD" })).toThrow("CONTRA_LOG_LEVEL");
  });
});
