// The segments that a function sends to X-Ray, from a bundle as it is built and from one that holds
// cls-hooked as the X-Ray SDK wants it. Both have to tell the same.
import { createServer, type Server } from "node:http";
import { afterAll, beforeAll, describe, expect, it } from "@jest/globals";
import { runBundled } from "../support/bundled-program.ts";
import { urlOf } from "../support/servers.ts";
import { type Daemon, startDaemon, type Told } from "../support/xray-daemon.ts";

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

let daemon: Daemon;
let database: Server;

beforeAll(async () => {
  daemon = await startDaemon();
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
async function segmentsOf(bundled: "lean" | "whole"): Promise<Told[]> {
  await runBundled(PROGRAM, bundled, { AWS_ENDPOINT_URL_DYNAMODB: urlOf(database), ...daemon.env });
  return daemon.heard();
}

describe("the segments of a function", () => {
  it("are the same from its bundle as with cls-hooked, in every invocation", async () => {
    const kept = await segmentsOf("whole");
    expect(kept).toHaveLength(INVOCATIONS * CALLS);
    expect(new Set(kept.map((one) => JSON.stringify(one))).size).toBe(INVOCATIONS * CALLS);
    expect(await segmentsOf("lean")).toEqual(kept);
  });
});
