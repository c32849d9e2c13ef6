// The segments that a function sends to X-Ray, from a bundle as it is built and from one that holds
// cls-hooked as the X-Ray SDK wants it. Both have to tell the same.
import { spawn } from "node:child_process";
import { createSocket, type Socket } from "node:dgram";
import { mkdtempSync, rmSync } from "node:fs";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "@jest/globals";
import { build, type Plugin, stop } from "esbuild";
import { lean } from "../../scripts/build/lean.ts";
import { until } from "../support/until.ts";

const ROOT = join(__dirname, "..", "..");
const INVOCATIONS = 3;
/** Three at once, one after them, one that is refused. */
const CALLS = 5;

/** Calls at once and one after the other, as a step makes them, in several invocations. */
const PROGRAM = `
import { DynamoDBClient, GetItemCommand } from "@aws-sdk/client-dynamodb";
import { traced } from "./functions/lib/runtime/tracing.ts";

const client = traced(new DynamoDBClient({ maxAttempts: 1 }));
const get = (table) => client.send(new GetItemCommand({ TableName: table, Key: { pk: { S: "1" } } }));
const invocation = async () => {
  await Promise.all(["one", "two", "three"].map(get));
  await new Promise((done) => setImmediate(done));
  await get("four");
  await get("refused").catch(() => undefined);
};
for (let number = 1; number <= ${INVOCATIONS}; number++) {
  process.env._X_AMZN_TRACE_ID =
    "Root=1-67891233-abcdef01234567891234567" + number + ";Parent=463ac35c9f6413a" + number + ";Sampled=1";
  await invocation();
}
`;

type Segment = {
  trace_id: string;
  parent_id: string;
  name: string;
  type: string;
  namespace: string;
  aws: { operation: string; table_name: string };
  http: { response: { status: number } };
  error?: boolean;
};

const folder = mkdtempSync(join(tmpdir(), "contra-tracing-"));
let daemon: Socket;
let database: Server;
let heard: Segment[] = [];

beforeAll(async () => {
  daemon = createSocket("udp4", (message) => {
    heard.push(JSON.parse(message.toString().split("\n")[1] ?? "") as Segment);
  });
  await new Promise<void>((resolve) => daemon.bind(0, "127.0.0.1", resolve));
  database = createServer((request, response) => {
    let body = "";
    request.on("data", (chunk) => {
      body += chunk;
    });
    request.on("end", () => {
      const isRefused = body.includes('"refused"');
      response.writeHead(isRefused ? 400 : 200, { "content-type": "application/x-amz-json-1.0" });
      response.end(isRefused ? '{"__type":"ValidationException","message":"no"}' : "{}");
    });
  });
  await new Promise<void>((resolve) => database.listen(0, "127.0.0.1", resolve));
});

afterAll(async () => {
  await stop();
  daemon.close();
  database.close();
  rmSync(folder, { recursive: true });
});

/** Runs the program, bundled with these plugins, and resolves with what the daemon heard. */
async function segmentsOf(name: string, plugins: Plugin[]): Promise<Segment[]> {
  const outfile = join(folder, `${name}.mjs`);
  await build({
    absWorkingDir: ROOT,
    stdin: { contents: PROGRAM, resolveDir: ROOT, loader: "ts" },
    outfile,
    bundle: true,
    platform: "node",
    target: "node22",
    format: "esm",
    banner: {
      js: 'import { createRequire } from "node:module"; const require = createRequire(import.meta.url);',
    },
    mainFields: ["module", "main"],
    logLevel: "silent",
    plugins,
  });
  heard = [];
  const env = {
    AWS_REGION: "us-east-1",
    AWS_ACCESS_KEY_ID: "test",
    AWS_SECRET_ACCESS_KEY: "test",
    AWS_ENDPOINT_URL_DYNAMODB: `http://127.0.0.1:${(database.address() as AddressInfo).port}`,
    AWS_XRAY_DAEMON_ADDRESS: `127.0.0.1:${daemon.address().port}`,
    AWS_XRAY_CONTEXT_MISSING: "IGNORE_ERROR",
    LAMBDA_TASK_ROOT: folder,
  };
  const child = spawn(process.execPath, [outfile], { env, stdio: ["ignore", "inherit", "inherit"] });
  expect(await new Promise((resolve) => child.once("exit", resolve))).toBe(0);
  await until(() => heard.length >= INVOCATIONS * CALLS, "the daemon has heard of every call");
  return heard;
}

/** What people read of a segment, without the ids and times that no two runs share. */
const shown = (segments: Segment[]): string[] =>
  segments
    .map(({ trace_id, parent_id, name, type, namespace, aws, http, error }) =>
      JSON.stringify({
        trace_id,
        parent_id,
        name,
        type,
        namespace,
        operation: aws.operation,
        table: aws.table_name,
        status: http.response.status,
        error,
      }),
    )
    .sort();

describe("the segments of a function", () => {
  it("are the same from its bundle as with cls-hooked, in every invocation", async () => {
    const kept = shown(await segmentsOf("cls-hooked", []));
    expect(kept).toHaveLength(INVOCATIONS * CALLS);
    expect(new Set(kept).size).toBe(INVOCATIONS * CALLS);
    expect(shown(await segmentsOf("replaced", [lean]))).toEqual(kept);
  });
});
