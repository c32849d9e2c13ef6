// The functions part as the AWS SDK's Lambda client sees it.
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { InvokeCommand, LambdaClient } from "@aws-sdk/client-lambda";
import { afterAll, beforeAll, describe, expect, it } from "@jest/globals";
import { type RunningPart, startPart } from "../../support/local-part.ts";
import { until } from "../../support/until.ts";

const home = mkdtempSync(join(tmpdir(), "contra-functions-"));
const bundles = join(home, "bundles");

// The part takes its functions from the manifest, so the stubs borrow names from there.
const STUBS: Record<string, string> = {
  "accept-payment": `let count = 0; exports.handler = async (event) => ({ event, count: ++count });`,
  "read-payment": `exports.handler = async () => { const e = new Error("declined"); e.name = "CardDeclined"; throw e; };`,
  "check-health": `exports.handler = () => new Promise((done) => setTimeout(done, 60_000));`,
  "refuse-route": `exports.handler = async () => process.exit(3);`,
  "start-saga": `throw new TypeError("no settings");`,
  "sweep-payments": `require("not-bundled");`,
  "fail-payment": `exports.handle = async () => 1;`,
  "notify-payment": `exports.handler = async () => { console.log("marked"); return { env: { ...process.env } }; };`,
  "post-ledger": `exports.handler = async (event, context) => ({ ...context, left: context.getRemainingTimeInMillis() });`,
  "void-authorization": `exports.handler = (ms) => new Promise((done) => setTimeout(done, ms, require("node:worker_threads").threadId));`,
  "manage-accounts": `exports.handler = async ({ file }) => require("node:fs").writeFileSync(file, "");`,
  "reverse-ledger": `exports.handler = ({ ms, file }) => { if (file) require("node:fs").writeFileSync(file, ""); return new Promise((done) => setTimeout(done, ms)); };`,
  "inspect-saga": `exports.handler = async () => { setTimeout(() => { throw new RangeError("late"); }); await new Promise(() => {}); };`,
};

let part: RunningPart;
let lambda: LambdaClient;

async function invoke(
  name: string,
  event: unknown = {},
  type: "RequestResponse" | "Event" = "RequestResponse",
) {
  const command = new InvokeCommand({
    FunctionName: `arn:aws:lambda:us-east-1:000000000000:function:local-${name}:live`,
    Payload: JSON.stringify(event),
    InvocationType: type,
  });
  const { FunctionError, Payload, StatusCode } = await lambda.send(command);
  const text = Payload?.transformToString() ?? "";
  return { FunctionError, StatusCode, payload: text === "" ? undefined : JSON.parse(text) };
}

const order = (fault: object) =>
  fetch(`${part.url}/_local/faults`, { method: "POST", body: JSON.stringify(fault) });
const counters = async () =>
  (await fetch(`${part.url}/_local/counters`)).json() as Promise<Record<string, number>>;

beforeAll(async () => {
  for (const [name, code] of Object.entries(STUBS)) {
    mkdirSync(join(bundles, name), { recursive: true });
    writeFileSync(join(bundles, name, "index.js"), code);
  }
  part = await startPart(
    "lambda",
    home,
    { dynamodb: "http://db" },
    { CONTRA_BUNDLES: bundles, CONTRA_TIME_SCALE: "10" },
  );
  lambda = new LambdaClient({
    endpoint: part.url,
    region: "us-east-1",
    credentials: { accessKeyId: "local", secretAccessKey: "local" },
    maxAttempts: 1,
  });
});

afterAll(async () => {
  await part.stop();
  rmSync(home, { recursive: true });
});

describe("an invocation", () => {
  it("answers what the handler returned, and keeps module state while one environment suffices", async () => {
    const first = await invoke("accept-payment", { amount: 1 });
    const second = await invoke("accept-payment", { amount: 2 });
    expect(first.payload.event).toEqual({ amount: 1 });
    expect(second.payload.count).toBe(first.payload.count + 1);
  });

  it("names the error that the handler threw", async () => {
    const { FunctionError, StatusCode, payload } = await invoke("read-payment");
    expect({ FunctionError, StatusCode }).toEqual({ FunctionError: "Unhandled", StatusCode: 200 });
    expect(payload).toMatchObject({ errorType: "CardDeclined", errorMessage: "declined" });
  });

  it("is cut off at the manifest's timeout divided by the time scale, and the next one runs afresh", async () => {
    const started = Date.now();
    expect((await invoke("check-health")).payload.errorType).toBe("Sandbox.Timedout");
    expect(Date.now() - started).toBeGreaterThanOrEqual(490);
    expect((await invoke("check-health")).payload.errorType).toBe("Sandbox.Timedout");
  });

  it("reports an environment that exits", async () => {
    expect((await invoke("refuse-route")).payload.errorType).toBe("Runtime.ExitError");
  });

  it("reports an error thrown outside the handler's promise, and the next event meets a new environment", async () => {
    expect((await invoke("inspect-saga")).payload.errorType).toBe("RangeError");
    expect((await invoke("inspect-saga")).payload.errorType).toBe("RangeError");
  });

  it("gives the handler Lambda's context", async () => {
    const { payload } = await invoke("post-ledger");
    expect(payload).toMatchObject({
      functionName: "local-post-ledger",
      invokedFunctionArn: "arn:aws:lambda:us-east-1:000000000000:function:local-post-ledger:live",
    });
    expect(payload.awsRequestId).toMatch(/^[0-9a-f-]{36}$/);
    expect(payload.left).toBeGreaterThan(0);
    expect(payload.left).toBeLessThanOrEqual(1000);
  });

  it("gives the handler the trace of its caller, and one of its own where there is none", async () => {
    const invokeTraced = async (headers: Record<string, string>) => {
      const url = `${part.url}/2015-03-31/functions/local-notify-payment/invocations`;
      const { env } = (await (await fetch(url, { method: "POST", body: "{}", headers })).json()) as {
        env: Record<string, string>;
      };
      return env._X_AMZN_TRACE_ID;
    };
    const trace = "Root=1-67891233-abcdef012345678912345678;Sampled=0";
    expect(await invokeTraced({ "x-amzn-trace-id": trace })).toBe(trace);
    expect(await invokeTraced({})).toMatch(/^Root=1-(?!67891233)[0-9a-f]{8}-[0-9a-f]{24};Sampled=0$/);
  });

  it("gives the function its own environment and keeps what it printed", async () => {
    const { payload } = await invoke("notify-payment");
    expect(payload.env).toMatchObject({
      AWS_ENDPOINT_URL_DYNAMODB: "http://db",
      CONTRA_FUNCTION: "notify-payment",
      CONTRA_TIME_SCALE: "10",
    });
    expect(payload.env.PATH).toBeUndefined();
    expect(readFileSync(join(home, "logs", "notify-payment.log"), "utf8")).toContain("marked\n");
  });
});

describe("a bundle that cannot be loaded", () => {
  it.each([
    ["start-saga", "TypeError"],
    ["sweep-payments", "Runtime.ImportModuleError"],
    ["fail-payment", "Runtime.HandlerNotFound"],
    ["capture-payment", "Runtime.ImportModuleError"],
  ])("fails the invocation of %s with %s, not the part", async (name, errorType) => {
    expect((await invoke(name)).payload.errorType).toBe(errorType);
    expect((await fetch(`${part.url}/_local/health`)).status).toBe(200);
  });
});

describe("concurrency", () => {
  it("runs at most twelve environments of a function and lets the rest wait", async () => {
    const threads = await Promise.all(
      Array.from({ length: 30 }, async () => (await invoke("void-authorization", 50)).payload),
    );
    expect(new Set(threads).size).toBeLessThanOrEqual(12);
    expect(new Set(threads).size).toBeGreaterThan(1);
  });

  it("throttles an event for which no environment becomes free", async () => {
    const busy = Array.from({ length: 60 }, () => invoke("void-authorization", 1_500));
    const results = await Promise.allSettled(busy);
    const names = results.flatMap((result) => (result.status === "rejected" ? [result.reason.name] : []));
    expect(names.length).toBeGreaterThan(0);
    expect(new Set(names)).toEqual(new Set(["TooManyRequestsException"]));
  });

  it("never runs an event whose caller hung up while it waited for an environment", async () => {
    const file = join(home, "abandoned");
    const busy = Array.from({ length: 12 }, () => invoke("reverse-ledger", { ms: 600 }));
    await until(async () => (await counters())["lambda.invocations.reverse-ledger"] === 12);
    const impatient = lambda.send(
      new InvokeCommand({ FunctionName: "local-reverse-ledger", Payload: JSON.stringify({ ms: 1, file }) }),
      { abortSignal: AbortSignal.timeout(100) },
    );
    await expect(impatient).rejects.toThrow("abort");
    await Promise.all(busy);
    await invoke("reverse-ledger", { ms: 1 });
    expect(existsSync(file)).toBe(false);
  });
});

describe("the Invoke API", () => {
  it("does not find a function that the manifest does not name", async () => {
    await expect(invoke("steal-payment")).rejects.toMatchObject({ name: "ResourceNotFoundException" });
  });

  it("refuses a payload that is not JSON", async () => {
    const command = new InvokeCommand({ FunctionName: "local-accept-payment", Payload: "{" });
    await expect(lambda.send(command)).rejects.toMatchObject({ name: "InvalidRequestContentException" });
  });
});

describe("ordered faults", () => {
  it("fail_before answers without running; the next invocation runs", async () => {
    const { count } = (await invoke("accept-payment")).payload;
    await order({ target: "accept-payment", fault: "fail_before", count: 1 });
    expect((await invoke("accept-payment")).payload.errorType).toBe("Runtime.ExitError");
    expect((await invoke("accept-payment")).payload.count).toBe(count + 1);
  });

  it.each([
    ["fail_after", "Runtime.ExitError"],
    ["timeout_after", "Sandbox.Timedout"],
  ])("%s runs and answers %s", async (fault, errorType) => {
    const { count } = (await invoke("accept-payment")).payload;
    await order({ target: "accept-payment", fault, count: 1 });
    expect((await invoke("accept-payment")).payload.errorType).toBe(errorType);
    expect((await invoke("accept-payment")).payload.count).toBe(count + 2);
  });
});

describe("asynchronous events", () => {
  const asyncHome = join(home, "async");
  // Fast enough for the pauses between tries, slow enough for a busy machine to answer within a function's timeout.
  const asyncEnv = { CONTRA_BUNDLES: bundles, CONTRA_TIME_SCALE: "40" };

  const left = (): number => {
    const store = new DatabaseSync(join(asyncHome, "lambda", "async-events.db"), { readOnly: true });
    const row = store.prepare("SELECT count(*) AS left FROM async_events").get();
    store.close();
    return Number(row?.left);
  };
  const errorsOf = async (name: string) => (await counters())[`lambda.errors.${name}`] ?? 0;

  beforeAll(async () => {
    await part.stop();
    part = await startPart("lambda", asyncHome, { lambda: part.url }, asyncEnv);
  });

  it("are given up when they failed three times", async () => {
    expect((await invoke("read-payment", {}, "Event")).StatusCode).toBe(202);
    await until(async () => left() === 0);
    expect(await errorsOf("read-payment")).toBe(3);
  });

  it("are gone after one success", async () => {
    await invoke("accept-payment", {}, "Event");
    await until(async () => left() === 0);
    expect((await counters())["lambda.invocations.accept-payment"]).toBe(1);
  });

  it("survive kill -9 of the part", async () => {
    await order({ target: "manage-accounts", fault: "fail_before", count: 1 });
    await invoke("manage-accounts", { file: join(home, "ran") }, "Event");
    await until(async () => (await errorsOf("manage-accounts")) === 1);
    await part.stop();
    part = await startPart("lambda", asyncHome, { lambda: part.url }, asyncEnv);
    await until(async () => existsSync(join(home, "ran")));
  });
});
