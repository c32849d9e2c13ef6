// The functions part as the AWS SDK's Lambda client sees it.
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { InvokeCommand, LambdaClient } from "@aws-sdk/client-lambda";
import { afterAll, beforeAll, describe, expect, it } from "@jest/globals";
import { REQUESTS_WAITING } from "../../../scripts/local/lambda/catalog.ts";
import { MAX_ENVIRONMENTS } from "../../../scripts/local/lambda/pool.ts";
import { localAws, type RunningPart, startPart } from "../../support/local-part.ts";
import { until } from "../../support/until.ts";

const home = mkdtempSync(join(tmpdir(), "contra-functions-"));
const bundles = join(home, "bundles");

/** Passes once the gate's file is there, and leaves a file beside it that says who waits. */
const GATED = `
const { existsSync, writeFileSync } = require("node:fs");
const { threadId } = require("node:worker_threads");
exports.handler = async ({ gate }) => {
  writeFileSync(gate + "." + threadId, "");
  while (!existsSync(gate)) await new Promise((done) => setTimeout(done, 10));
  return threadId;
};`;
const STUBS: Record<string, string> = {
  counting: `let count = 0; exports.handler = async (event) => ({ event, count: ++count });`,
  declining: `exports.handler = async () => { const e = new Error("declined"); e.name = "CardDeclined"; throw e; };`,
  hanging: `exports.handler = () => new Promise(() => setInterval(() => {}, 1_000));`,
  exiting: `exports.handler = async () => process.exit(3);`,
  "throwing-at-load": `throw new TypeError("no settings");`,
  "not-bundled": `require("not-bundled");`,
  "without-handler": `exports.handle = async () => 1;`,
  speaking: `exports.handler = async () => { console.log("marked"); return { env: { ...process.env } }; };`,
  timed: `exports.handler = async (event, context) => ({ ...context, left: context.getRemainingTimeInMillis() });`,
  gated: GATED,
  unwanted: GATED,
  taking: `require("node:fs").writeFileSync(${JSON.stringify(join(home, "taking.loaded"))}, ""); ${GATED}`,
  marking: `exports.handler = async ({ file }) => require("node:fs").writeFileSync(file, "");`,
  "failing-late": `exports.handler = async () => { setTimeout(() => { throw new RangeError("late"); }); await new Promise(() => {}); };`,
};
const MANIFEST = join(home, "manifest.json");
/** Enough on any machine at either time scale; only the one that hangs is to be cut off. */
const PATIENT_SECONDS = 6_000;
const SECONDS: Record<string, number> = { hanging: 20 };
const ROUTES: Record<string, object[]> = { taking: [{ method: "POST", path: "/payments" }] };

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

/** The part's settings at a time scale. */
const at = (timeScale: number) => ({
  CONTRA_BUNDLES: bundles,
  CONTRA_MANIFEST: MANIFEST,
  CONTRA_TIME_SCALE: String(timeScale),
});

/** A gate that nothing has opened, and how many wait at it. */
function gateOf(name: string) {
  const gate = join(home, name);
  const waiting = () => readdirSync(home).filter((file) => file.startsWith(`${name}.`)).length;
  return { gate, waiting, open: () => writeFileSync(gate, "") };
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
  const entries = [...Object.keys(STUBS), "unbuilt"].map((name) => [
    name,
    { memory_mb: 256, timeout_seconds: SECONDS[name] ?? PATIENT_SECONDS, routes: ROUTES[name] ?? [] },
  ]);
  writeFileSync(MANIFEST, JSON.stringify({ functions: Object.fromEntries(entries) }));
  part = await startPart("lambda", home, { dynamodb: "http://db" }, at(1));
  lambda = new LambdaClient(localAws(part.url));
});

afterAll(async () => {
  await part?.stop();
  rmSync(home, { recursive: true });
});

describe("an invocation", () => {
  it("answers what the handler returned, and keeps module state while one environment suffices", async () => {
    const first = await invoke("counting", { amount: 1 });
    const second = await invoke("counting", { amount: 2 });
    expect(first.payload.event).toEqual({ amount: 1 });
    expect(second.payload.count).toBe(first.payload.count + 1);
  });

  it("names the error that the handler threw", async () => {
    const { FunctionError, StatusCode, payload } = await invoke("declining");
    expect({ FunctionError, StatusCode }).toEqual({ FunctionError: "Unhandled", StatusCode: 200 });
    expect(payload).toMatchObject({ errorType: "CardDeclined", errorMessage: "declined" });
  });

  it("reports an environment that exits", async () => {
    expect((await invoke("exiting")).payload.errorType).toBe("Runtime.ExitError");
  });

  it("reports an error thrown outside the handler's promise, and the next event meets a new environment", async () => {
    expect((await invoke("failing-late")).payload.errorType).toBe("RangeError");
    expect((await invoke("failing-late")).payload.errorType).toBe("RangeError");
  });

  it("gives the handler Lambda's context", async () => {
    const { payload } = await invoke("timed");
    expect(payload).toMatchObject({
      functionName: "local-timed",
      invokedFunctionArn: "arn:aws:lambda:us-east-1:000000000000:function:local-timed:live",
    });
    expect(payload.awsRequestId).toMatch(/^[0-9a-f-]{36}$/);
    expect(payload.left).toBeGreaterThan(0);
    expect(payload.left).toBeLessThanOrEqual(PATIENT_SECONDS * 1000);
  });

  it("gives the handler the trace of its caller, and one of its own where there is none", async () => {
    const invokeTraced = async (headers: Record<string, string>) => {
      const url = `${part.url}/2015-03-31/functions/local-speaking/invocations`;
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
    const { payload } = await invoke("speaking");
    expect(payload.env).toMatchObject({
      AWS_ENDPOINT_URL_DYNAMODB: "http://db",
      CONTRA_FUNCTION: "speaking",
      CONTRA_TIME_SCALE: "1",
    });
    expect(payload.env.PATH).toBeUndefined();
    expect(readFileSync(join(home, "logs", "speaking.log"), "utf8")).toContain("marked\n");
  });
});

describe("a bundle that cannot be loaded", () => {
  it.each([
    ["throwing-at-load", "TypeError"],
    ["not-bundled", "Runtime.ImportModuleError"],
    ["without-handler", "Runtime.HandlerNotFound"],
    ["unbuilt", "Runtime.ImportModuleError"],
  ])("fails the invocation of %s with %s, not the part", async (name, errorType) => {
    expect((await invoke(name)).payload.errorType).toBe(errorType);
    expect((await fetch(`${part.url}/_local/health`)).status).toBe(200);
  });
});

describe("the intake", () => {
  it("is loaded before anybody asks for it, as no other function is", () => {
    expect(existsSync(join(home, "taking.loaded"))).toBe(true);
    expect(existsSync(join(home, "logs", "marking.log"))).toBe(false);
  });

  it("is said to wait with every answer, as long as it waits", async () => {
    const said = async () => {
      const url = `${part.url}/2015-03-31/functions/local-counting/invocations`;
      return (await fetch(url, { method: "POST" })).headers.get(REQUESTS_WAITING);
    };
    expect(await said()).toBe("0");
    const { gate, waiting, open } = gateOf("intake");
    const requests = Array.from({ length: MAX_ENVIRONMENTS + 2 }, () => invoke("taking", { gate }));
    await until(() => waiting() === MAX_ENVIRONMENTS, "every environment is taken");
    await until(async () => (await said()) === "2", "two wait");
    open();
    await Promise.all(requests);
    expect(await said()).toBe("0");
  });
});

describe("concurrency", () => {
  it("runs six environments of a function for each core, and lets the rest wait", async () => {
    const { gate, waiting, open } = gateOf("many");
    const count = 2 * MAX_ENVIRONMENTS + 6;
    const invocations = Array.from({ length: count }, async () => (await invoke("gated", { gate })).payload);
    await until(async () => (await counters())["lambda.invocations.gated"] === count, "all were asked for");
    await until(() => waiting() === MAX_ENVIRONMENTS, "as many run");
    open();
    expect(new Set(await Promise.all(invocations)).size).toBe(MAX_ENVIRONMENTS);
  });

  it("never runs an event whose caller hung up while it waited for an environment", async () => {
    const busy = gateOf("busy");
    const abandoned = gateOf("abandoned");
    const invocations = Array.from({ length: MAX_ENVIRONMENTS }, () =>
      invoke("unwanted", { gate: busy.gate }),
    );
    await until(() => busy.waiting() === MAX_ENVIRONMENTS, "every environment is taken");
    const hangUp = new AbortController();
    const Payload = JSON.stringify({ gate: abandoned.gate });
    const impatient = lambda.send(new InvokeCommand({ FunctionName: "local-unwanted", Payload }), {
      abortSignal: hangUp.signal,
    });
    const aborted = expect(impatient).rejects.toThrow("abort");
    await until(
      async () => (await counters())["lambda.invocations.unwanted"] === MAX_ENVIRONMENTS + 1,
      "one waits",
    );
    hangUp.abort();
    await aborted;
    // What is asked after the end of a connection is answered after it was noticed.
    for (let question = 0; question < 2; question++) await counters();
    busy.open();
    await Promise.all(invocations);
    abandoned.open();
    await invoke("unwanted", { gate: busy.gate });
    expect(abandoned.waiting()).toBe(0);
  });
});

describe("the Invoke API", () => {
  it("does not find a function that the manifest does not name", async () => {
    await expect(invoke("nobodys")).rejects.toMatchObject({ name: "ResourceNotFoundException" });
  });

  it("refuses a payload that is not JSON", async () => {
    const command = new InvokeCommand({ FunctionName: "local-counting", Payload: "{" });
    await expect(lambda.send(command)).rejects.toMatchObject({ name: "InvalidRequestContentException" });
  });
});

describe("ordered faults", () => {
  it("fail_before answers without running; the next invocation runs", async () => {
    const { count } = (await invoke("counting")).payload;
    await order({ target: "counting", fault: "fail_before", count: 1 });
    expect((await invoke("counting")).payload.errorType).toBe("Runtime.ExitError");
    expect((await invoke("counting")).payload.count).toBe(count + 1);
  });

  it.each([
    ["fail_after", "Runtime.ExitError"],
    ["timeout_after", "Sandbox.Timedout"],
  ])("%s runs and answers %s", async (fault, errorType) => {
    const { count } = (await invoke("counting")).payload;
    await order({ target: "counting", fault, count: 1 });
    expect((await invoke("counting")).payload.errorType).toBe(errorType);
    expect((await invoke("counting")).payload.count).toBe(count + 2);
  });
});

describe("at forty times the pace", () => {
  const quickHome = join(home, "quick");
  const start = async () => {
    part = await startPart("lambda", quickHome, { lambda: part.url }, at(40));
  };

  beforeAll(async () => {
    await part.stop();
    await start();
  });

  it("an invocation is cut off at the manifest's timeout over the time scale, and the next runs afresh", async () => {
    for (const _ of ["first", "next"]) {
      const { took, payload } = await invokePatiently("hanging");
      expect(payload.errorType).toBe("Sandbox.Timedout");
      expect(took).toBeGreaterThanOrEqual(490);
    }
  });

  it("an event is throttled for which no environment becomes free", async () => {
    const { gate, open } = gateOf("throttled");
    let throttled = 0;
    const invocations = Array.from({ length: 20 }, () =>
      invoke("gated", { gate }).catch((error: Error) => {
        throttled += 1;
        return error.name;
      }),
    );
    await until(() => throttled > 0, "one was refused");
    open();
    const names = (await Promise.all(invocations)).filter((one) => typeof one === "string");
    expect(new Set(names)).toEqual(new Set(["TooManyRequestsException"]));
  });

  /** A busy machine may need longer for an environment than an event waits for one at this pace. */
  const invokePatiently = (name: string) =>
    until(async () => {
      const began = Date.now();
      try {
        return { ...(await invoke(name)), took: Date.now() - began };
      } catch (error) {
        if ((error as Error).name !== "TooManyRequestsException") throw error;
        return undefined;
      }
    }, `an environment of ${name} is free`);
  const left = (): number => {
    const store = new DatabaseSync(join(quickHome, "lambda", "async-events.db"), { readOnly: true });
    const row = store.prepare("SELECT count(*) AS left FROM async_events").get();
    store.close();
    return Number(row?.left);
  };
  const errorsOf = async (name: string) => (await counters())[`lambda.errors.${name}`] ?? 0;

  it("asynchronous events are given up when they failed three times", async () => {
    expect((await invoke("declining", {}, "Event")).StatusCode).toBe(202);
    await until(() => left() === 0, "it is given up");
    expect(await errorsOf("declining")).toBe(3);
  });

  it("an asynchronous event is gone after one success", async () => {
    await invoke("counting", {}, "Event");
    await until(() => left() === 0, "it is gone");
    expect((await invokePatiently("counting")).payload.count).toBe(2);
  });

  it("an asynchronous event survives kill -9 of the part", async () => {
    await order({ target: "marking", fault: "fail_before", count: 1 });
    await invoke("marking", { file: join(home, "ran") }, "Event");
    await until(async () => (await errorsOf("marking")) === 1, "the first try fails");
    await part.stop();
    await start();
    await until(() => existsSync(join(home, "ran")), "it runs after all");
  });
});
