// What `make destroy` looks at before it asks, and as whom `make smoke` pays: the scripts, against
// an endpoint that answers as AWS does.
import { spawn } from "node:child_process";
import { once } from "node:events";
import { createServer, type Server } from "node:http";
import { text } from "node:stream/consumers";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "@jest/globals";
import manifest from "../../../functions/manifest.json" with { type: "json" };
import { REPOSITORY } from "../../contracts/rules/source-tree.ts";
import { closeServers, urlOf } from "../../support/servers.ts";

type Input = { TableName?: string; ExpressionAttributeValues?: { ":shard": { S: string } } };

let server: Server;
let stands: boolean;
let protectedTables: string[];
let protectedPool: boolean;
/** Payments by the shard of the open index that they are in. */
let open: Record<string, string>;
/** Basic credentials that asked for a token, and the bearers that called the API. */
let callers: string[];

function dynamodb(operation: string, { TableName = "", ExpressionAttributeValues }: Input) {
  if (!stands) return { status: 400, said: { __type: "com.amazonaws#ResourceNotFoundException" } };
  if (operation === "DescribeTable")
    return { said: { Table: { TableName, DeletionProtectionEnabled: protectedTables.includes(TableName) } } };
  const id = open[ExpressionAttributeValues?.[":shard"].S ?? ""];
  return { said: { Items: id ? [{ pk: { S: `PAYMENT#${id}` } }] : [] } };
}

function answer(operation: string, input: Input): { status?: number; said: unknown } {
  if (operation === "ListUserPools") return { said: { UserPools: [{ Id: "pool", Name: "dev-clients" }] } };
  if (operation === "DescribeUserPool")
    return { said: { UserPool: { DeletionProtection: protectedPool ? "ACTIVE" : "INACTIVE" } } };
  if (operation === "DescribeUserPoolClient")
    return { said: { UserPoolClient: { ClientId: "client-1", ClientSecret: "hush" } } };
  return dynamodb(operation, input);
}

beforeAll(async () => {
  server = createServer(async (request, response) => {
    const body = await text(request);
    const target = String(request.headers["x-amz-target"] ?? "").split(".")[1];
    if (target === undefined) {
      callers.push(`${request.url} ${request.headers.authorization ?? ""}`);
      response.end(JSON.stringify({ access_token: "a-token" }));
      return;
    }
    const { status = 200, said } = answer(target, JSON.parse(body));
    response.writeHead(status).end(JSON.stringify(said));
  });
  await new Promise<void>((done) => server.listen(0, "127.0.0.1", done));
});
afterAll(() => closeServers(server));
beforeEach(() => {
  [stands, protectedTables, protectedPool, open, callers] = [true, [], false, {}, []];
});

async function run(script: string, args: string[], input = ""): Promise<{ status: number; said: string }> {
  const env = {
    PATH: process.env.PATH,
    AWS_ENDPOINT_URL: urlOf(server),
    AWS_ACCESS_KEY_ID: "test",
    AWS_SECRET_ACCESS_KEY: "test",
  };
  const program = ["--disable-warning=ExperimentalWarning", `scripts/${script}.ts`, ...args];
  const child = spawn(process.execPath, program, { cwd: REPOSITORY, env });
  child.stdin.end(input);
  const [out, err, [status]] = await Promise.all([
    text(child.stdout),
    text(child.stderr),
    once(child, "exit"),
  ]);
  return { status, said: out + err };
}

describe("a workspace that is to be destroyed", () => {
  it("is kept while its tables or its pool are protected, each of them", async () => {
    protectedTables = Object.keys(manifest.tables).map((table) => `dev-${table}`);
    protectedPool = true;
    const { status, said } = await run("destroy", ["dev"]);
    expect(status).toBe(1);
    expect(said).toContain(`deletion protection is on for ${protectedTables.join(", ")}, dev-clients: set`);
  });

  it("is kept while payments are open, in whichever shard", async () => {
    open = { "OPEN#0": "one", "OPEN#9": "two", "OPEN#14": "three", "OPEN#15": "four" };
    const { status, said } = await run("destroy", ["dev"]);
    expect(status).toBe(1);
    expect(said).toContain("payments are open, one, two, three and more: turn stop-intake on");
  });

  it("is let go when nothing keeps it, and when it is half gone", async () => {
    expect(await run("destroy", ["dev"])).toEqual({ status: 0, said: "" });
    stands = false;
    expect(await run("destroy", ["dev"])).toEqual({ status: 0, said: "" });
    expect((await run("destroy", ["nope"])).said).toContain("no workspace is called nope");
  });
});

describe("a smoke test of a workspace", () => {
  const outputs = (pool: string | null) =>
    JSON.stringify({
      api_endpoint: { value: urlOf(server) },
      token_endpoint: { value: `${urlOf(server)}/oauth2/token` },
      user_pool_id: { value: pool },
      client_ids: { value: pool ? { "operator-first": "client-0", "merchant-first": "client-1" } : {} },
      deployment: { value: { region: "us-east-1" } },
    });

  it("pays as the first merchant of our own pool", async () => {
    const { status, said } = await run("smoke", [], outputs("pool"));
    const basic = Buffer.from("client-1:hush").toString("base64");
    expect(callers[0]).toBe(`/oauth2/token Basic ${basic}`);
    expect(callers).toContain("/payments Bearer a-token");
    // This API answers everything with a token.
    expect(status).toBe(1);
    expect(said).toMatch(/^FAILED {4}a payment is accepted: 200 instead of 202/m);
    expect(said).toMatch(/^FAILED {4}a conversion is COMPLETED in time/m);
  });

  it("asks for a payer where the issuer is another's, and for a deploy before the first one", async () => {
    expect(await run("smoke", [], outputs(null))).toMatchObject({
      status: 1,
      said: expect.stringContaining("the issuer is another's: set TOKEN"),
    });
    expect((await run("smoke", [], "{}")).said).toContain("nothing is deployed here");
    expect(callers).toEqual([]);
  });
});
