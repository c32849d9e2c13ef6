// A bundle lacks much of the SDK, and its identifiers are short. What the saga's machines, our
// stores and a peer that hangs can tell of it is the same.
import { spawnSync } from "node:child_process";
import { createServer, type Server } from "node:http";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "@jest/globals";
import { REGISTRY } from "../../functions/lib/errors/registry.ts";
import { sourcesOf } from "../../scripts/build/bundle.ts";
import { withErrors } from "../../scripts/build/lean.ts";
import { runBundled } from "../support/bundled-program.ts";
import { ENVIRONMENT } from "../support/cold-start.ts";
import { urlOf } from "../support/servers.ts";

const ROOT = join(__dirname, "..", "..");

/** What the database answers, by the table that is asked for. */
const ANSWERS: Record<string, [status: number, body: object]> = {
  found: [200, { Item: { pk: { S: "1" }, amount: { N: "999999999999999999" } } }],
  condition: [400, { __type: "x#ConditionalCheckFailedException", message: "no", Item: { pk: { S: "1" } } }],
  cancelled: [
    400,
    {
      __type: "x#TransactionCanceledException",
      Message: "no",
      CancellationReasons: [{ Code: "ConditionalCheckFailed", Item: { pk: { S: "1" } } }, { Code: "None" }],
    },
  ],
  limits: [400, { __type: "x#LimitExceededException", message: "an error that no source names" }],
  imagined: [400, { __type: "x#ImaginedException", message: "an error of next year" }],
  broken: [500, { __type: "x#InternalServerError", message: "again, please" }],
};
const NAMESPACE = "com.amazonaws.dynamodb.v20120810";

let server: Server;
let asked: string[] = [];

beforeAll(async () => {
  server = createServer((request, response) => {
    let body = "";
    request.on("data", (chunk) => {
      body += chunk;
    });
    request.on("end", () => {
      const table = JSON.parse(body).TableName as string;
      asked.push(table);
      if (table === "silent") return;
      const [status, answer] = ANSWERS[table] ?? [200, {}];
      response.writeHead(status, { "content-type": "application/x-amz-json-1.0" });
      const text = JSON.stringify(answer).replace("x#", `${NAMESPACE}#`);
      if (table === "begun") response.write('{"Item"');
      else response.end(text);
    });
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
});

afterAll(() => {
  server.closeAllConnections();
  server.close();
});

const client = (milliseconds: number, tries: number) => `
import { DynamoDBClient, GetItemCommand, TransactionCanceledException, DynamoDBServiceException,
  ConditionalCheckFailedException } from "@aws-sdk/client-dynamodb";
import { deadline } from "./functions/lib/adapters/aws/request-handler.ts";
const client = new DynamoDBClient({ maxAttempts: ${tries}, requestHandler: deadline(${milliseconds}) });
const get = (table) => client.send(new GetItemCommand({ TableName: table, Key: { pk: { S: "1" } } }));
const told = (error) => ({
  own: { ...error, $metadata: undefined, $response: undefined },
  name: error.name,
  message: error.message,
  status: error.$metadata?.httpStatusCode,
  attempts: error.$metadata?.attempts,
  isOfService: error instanceof DynamoDBServiceException,
  isCondition: error instanceof ConditionalCheckFailedException,
  isCancelled: error instanceof TransactionCanceledException,
});
const answerOf = (table) => get(table).then(({ Item }) => ({ Item }), told);
`;

const run = async (source: string, bundled: "lean" | "whole", env: Record<string, string> = {}) =>
  JSON.parse(await runBundled(source, bundled, { AWS_ENDPOINT_URL_DYNAMODB: urlOf(server), ...env }));

describe("a bundle", () => {
  it("keeps the name of every error that a machine decides by", async () => {
    const named = await run(
      `import { REGISTRY } from "./functions/lib/errors/registry.ts";
      const name = (Leaf) => new Leaf("why").name;
      console.log(JSON.stringify(Object.entries(REGISTRY).map(([key, Leaf]) => [key, name(Leaf)])));`,
      "lean",
    );
    const names = Object.keys(REGISTRY);
    expect(names.length).toBeGreaterThan(20);
    expect(named).toEqual(names.map((name) => [name, name]));
  });

  it("tells answers and errors of the database as the whole SDK does", async () => {
    const source = `${client(10_000, 2)}
      const all = ${JSON.stringify(Object.keys(ANSWERS))}.map(async (table) => [table, await answerOf(table)]);
      Promise.all(all).then((told) => console.log(JSON.stringify(Object.fromEntries(told))));`;
    asked = [];
    const whole = await run(source, "whole");
    expect(whole.condition).toMatchObject({ isCondition: true, own: { Item: { pk: { S: "1" } } } });
    expect(whole.cancelled.own.CancellationReasons).toHaveLength(2);
    expect(whole.limits).toMatchObject({ name: "LimitExceededException", isOfService: true });
    expect(asked.filter((table) => table === "broken")).toHaveLength(2);
    asked = [];
    expect(await run(source, "lean")).toEqual(whole);
    expect(asked.filter((table) => table === "broken")).toHaveLength(2);
  });

  it.each(["silent", "begun"])("gives up on a peer that is %s, by the call's deadline", async (table) => {
    const source = `${client(200, 1)}
      const from = performance.now();
      answerOf("${table}").then((error) => {
        console.log(JSON.stringify({ name: error.name, took: performance.now() - from }));
        process.exit(0);
      });`;
    const { name, took } = await run(source, "lean");
    expect(name).toBe("TimeoutError");
    expect(took).toBeGreaterThanOrEqual(190);
  });
});

describe("a function that is traced and answers calls", () => {
  it("does not load what Node takes long for, and the whole packages do", async () => {
    const source = `
      import { sqsClient } from "./functions/lib/adapters/aws/sqs.ts";
      import { httpHandler } from "./functions/lib/runtime/http.ts";
      const isSlow = (name) => /^NativeModule (dgram|stream\\/web)$/.test(name);
      const loaded = process.moduleLoadList.filter(isSlow).sort();
      console.log(JSON.stringify({ used: typeof httpHandler, client: typeof sqsClient(), loaded }));`;
    const traced = { ...ENVIRONMENT, AWS_XRAY_DAEMON_ADDRESS: "127.0.0.1:1" };
    const used = { used: "function", client: "object" };
    const loaded = ["NativeModule dgram", "NativeModule stream/web"];
    expect(await run(source, "whole", traced)).toEqual({ ...used, loaded });
    expect(await run(source, "lean", traced)).toEqual({ ...used, loaded: [] });
  });
});

describe("a client of the database", () => {
  it("rehearses without a request, and then asks for what it is asked", async () => {
    asked = [];
    const source = `
      import { GetItemCommand } from "@aws-sdk/client-dynamodb";
      import { dynamoClient } from "./functions/lib/adapters/dynamodb/client.ts";
      import { rehearse } from "./functions/lib/adapters/dynamodb/rehearsal.ts";
      const client = dynamoClient();
      const get = () => client.send(new GetItemCommand({ TableName: "found", Key: { pk: { S: "1" } } }));
      rehearse().then((count) => get().then(({ Item }) => {
        console.log(JSON.stringify({ count, Item }));
        process.exit(0);
      }));`;
    expect(await run(source, "lean")).toEqual({ count: 1, ...ANSWERS.found?.[1] });
    expect(asked).toEqual(["found"]);
  });
});

describe("a stack trace", () => {
  it("is read with our files and lines", async () => {
    const bundle = join(ROOT, "dist/functions/check-health/index.js");
    const { stderr } = spawnSync(process.execPath, [bundle], { env: {}, encoding: "utf8" });
    expect(stderr).toContain("environment variable");
    const inSources = await sourcesOf(ROOT, "check-health");
    expect(inSources(stderr)).toMatch(/at \S+ \(functions\/lib\/runtime\/config\.ts:\d+:\d+\)/);
    expect(inSources("at a (elsewhere.js:1:1)")).toBe("at a (elsewhere.js:1:1)");
  });
});

describe("the errors of a service", () => {
  const SCHEMAS = [
    "n0_registry.registerError(KeptOne$, KeptOne);",
    "export var Other$ = [-3];",
    "n0_registry.registerError(Other$, Other);",
    "",
  ].join("\n");

  it("are those that a source names", () => {
    expect(withErrors(SCHEMAS, new Set(["KeptOne"]))).toBe(
      SCHEMAS.split("\n").slice(0, 2).join("\n").concat("\n"),
    );
    expect(withErrors(SCHEMAS, new Set(["KeptOne", "Other"]))).toBe(SCHEMAS);
  });
});
