// The segments that a function sends to X-Ray, from a bundle as it is built and from one that holds
// cls-hooked as the X-Ray SDK wants it. Both have to tell the same.
import { createSocket, type Socket } from "node:dgram";
import { createServer, type Server } from "node:http";
import { afterAll, beforeAll, describe, expect, it } from "@jest/globals";
import { runBundled } from "../support/bundled-program.ts";
import { urlOf } from "../support/servers.ts";
import { until } from "../support/until.ts";

const INVOCATIONS = 3;
/** Three at once, one after them, one that is refused. */
const CALLS = 5;

/** Calls at once and one after the other, as a step makes them, in several invocations. */
const PROGRAM = `
import { GetItemCommand } from "@aws-sdk/client-dynamodb";
import { dynamoClient } from "./functions/lib/adapters/dynamodb/client.ts";

const client = dynamoClient();
const get = (table) => client.send(new GetItemCommand({ TableName: table, Key: { pk: { S: "1" } } }));
const invocation = async () => {
  await Promise.all(["one", "two", "three"].map(get));
  await new Promise((done) => setImmediate(done));
  await get("four");
  await get("refused").catch(() => undefined);
};
const run = async () => {
for (let number = 1; number <= ${INVOCATIONS}; number++) {
  process.env._X_AMZN_TRACE_ID =
    "Root=1-67891233-abcdef01234567891234567" + number + ";Parent=463ac35c9f6413a" + number + ";Sampled=1";
  await invocation();
}
};
run();
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
  daemon.close();
  database.close();
});

/** Runs the program, as the build bundles it or with the packages as they are. */
async function segmentsOf(bundled: "lean" | "whole"): Promise<Segment[]> {
  heard = [];
  await runBundled(PROGRAM, bundled, {
    AWS_ENDPOINT_URL_DYNAMODB: urlOf(database),
    AWS_XRAY_DAEMON_ADDRESS: `127.0.0.1:${daemon.address().port}`,
    AWS_XRAY_CONTEXT_MISSING: "IGNORE_ERROR",
    LAMBDA_TASK_ROOT: "/var/task",
  });
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
    const kept = shown(await segmentsOf("whole"));
    expect(kept).toHaveLength(INVOCATIONS * CALLS);
    expect(new Set(kept).size).toBe(INVOCATIONS * CALLS);
    expect(shown(await segmentsOf("lean"))).toEqual(kept);
  });
});
