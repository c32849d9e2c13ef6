// The account as a deploy finds it, over the real SDK and against an endpoint that answers as AWS
// does: what is short is said before anything is created. docs/deploying.md shows the same lines.
import { spawn } from "node:child_process";
import { once } from "node:events";
import { createServer, type Server } from "node:http";
import { text } from "node:stream/consumers";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "@jest/globals";
import { lookAt, type Needs, printed } from "../../../scripts/deploy/account.ts";
import { accountIn } from "../../../scripts/deploy/account-port.ts";
import { REPOSITORY, textOf } from "../../contracts/rules/source-tree.ts";
import { closeServers, urlOf } from "../../support/servers.ts";

type Account = {
  most: number;
  unreserved: number;
  reserved: Record<string, number>;
  starts: number;
  /** What the account has set by itself; else only AWS's default is listed. */
  startsApplied: boolean;
  provider: boolean;
  boundary: boolean;
  refused: Record<string, string>;
};

const STARTS = {
  QuotaName: "StartExecution throttle token refill rate per second",
  QuotaCode: "L-0123ABCD",
};
const PROVIDER = "arn:aws:iam::123456789012:oidc-provider/token.actions.githubusercontent.com";
const usual: Account = {
  most: 1000,
  unreserved: 1000,
  reserved: {},
  starts: 300,
  startsApplied: true,
  provider: true,
  boundary: true,
  refused: {},
};

let server: Server;
let account: Account;
let asked: string[];

/** One endpoint for all services: Lambda's paths, the targets of JSON, the actions of a form. */
function answerTo(operation: string): { status?: number; body: string } {
  const refusal = account.refused[operation];
  if (refusal) return { status: 403, body: JSON.stringify({ __type: refusal, message: "no" }) };
  const reserved = /\/functions\/([^/]+)\/concurrency/.exec(operation)?.[1];
  if (reserved) return concurrencyOf(reserved);
  if (operation.endsWith("account-settings")) {
    const { most, unreserved } = account;
    const limit = { ConcurrentExecutions: most, UnreservedConcurrentExecutions: unreserved };
    return { body: JSON.stringify({ AccountLimit: limit }) };
  }
  if (operation === "ListServiceQuotas")
    return { body: JSON.stringify(account.startsApplied ? lastPage() : { Quotas: [] }) };
  if (operation === "ListAWSDefaultServiceQuotas") return { body: JSON.stringify(lastPage()) };
  if (operation === "ListOpenIDConnectProviders") {
    const member = account.provider ? `<member><Arn>${PROVIDER}</Arn></member>` : "";
    const list = `<OpenIDConnectProviderList>${member}</OpenIDConnectProviderList>`;
    const result = `<ListOpenIDConnectProvidersResult>${list}</ListOpenIDConnectProvidersResult>`;
    return { body: `<ListOpenIDConnectProvidersResponse>${result}</ListOpenIDConnectProvidersResponse>` };
  }
  if (operation === "GetPolicy")
    return account.boundary
      ? { body: "<GetPolicyResponse><GetPolicyResult/></GetPolicyResponse>" }
      : { status: 404, body: "<ErrorResponse><Error><Code>NoSuchEntity</Code></Error></ErrorResponse>" };
  if (operation === "GetCallerIdentity") return { body: "<Arn>arn:aws:iam::123456789012:user/mia</Arn>" };
  return { status: 400, body: JSON.stringify({ __type: "Unknown", message: operation }) };
}

const lastPage = () => ({ Quotas: [{ QuotaName: "another" }, { ...STARTS, Value: account.starts }] });

function concurrencyOf(name: string): { status?: number; body: string } {
  const value = account.reserved[name];
  return value === undefined
    ? { status: 404, body: JSON.stringify({ __type: "ResourceNotFoundException", message: name }) }
    : { body: JSON.stringify({ ReservedConcurrentExecutions: value }) };
}

beforeAll(async () => {
  server = createServer(async (request, response) => {
    const body = await text(request);
    const target = String(request.headers["x-amz-target"] ?? "").split(".")[1];
    const operation = target ?? /^Action=(\w+)/.exec(body)?.[1] ?? String(request.url).replace(/\/$/, "");
    asked.push(operation);
    const { status = 200, body: said } = answerTo(operation);
    const name = status === 200 ? undefined : /"__type":"(\w+)"/.exec(said)?.[1];
    response.writeHead(status, name ? { "x-amzn-errortype": name } : {}).end(said);
  });
  await new Promise<void>((done) => server.listen(0, "127.0.0.1", done));
  process.env.AWS_ENDPOINT_URL = urlOf(server);
  process.env.AWS_ACCESS_KEY_ID = "test";
  process.env.AWS_SECRET_ACCESS_KEY = "test";
});
afterAll(() => closeServers(server));
beforeEach(() => {
  account = structuredClone(usual);
  asked = [];
  delete process.env.AWS_REGION;
});

const dev: Needs = {
  region: "us-east-1",
  concurrency: {},
  consumers: { "start-saga": 2, "verify-integrity": 2, "send-sandbox-webhooks": 2 },
  permissions_boundary: "contra-boundary-dev",
};
const only = (reserved: number) => ({ reserved, provisioned: null });
const production: Needs = {
  region: "us-east-1",
  concurrency: {
    "accept-payment": { reserved: null, provisioned: 30 },
    "sweep-payments": only(1),
    "receive-provider-webhook": only(100),
    "check-health": only(10),
    "refuse-route": only(10),
  },
  consumers: { "start-saga": 30 },
  permissions_boundary: "contra-boundary-prod-cell-1",
};

async function look(workspace: string, needs: Needs) {
  const findings = await lookAt(workspace, needs, accountIn(needs.region));
  const short = findings.filter(({ verdict }) => verdict === "SHORT").length;
  return { said: printed(workspace, findings), short };
}

/** As deploy.sh calls it, with what `terraform console` prints. */
async function run(workspace: string, needs: Needs) {
  const program = ["--disable-warning=ExperimentalWarning", "scripts/deploy.ts", "account", workspace];
  const child = spawn(process.execPath, program, { cwd: REPOSITORY, env: process.env });
  child.stdin.end(`${JSON.stringify(JSON.stringify(needs))}\n`);
  const [said, complained, [status]] = await Promise.all([
    text(child.stdout),
    text(child.stderr),
    once(child, "exit"),
  ]);
  return { said, complained, status };
}

/** The blocks of the page that show what the program printed. */
const page = textOf("docs/deploying.md");

describe("the account, before a deploy", () => {
  it("with Lambda's ten environments has no room for production, and for dev it has", async () => {
    Object.assign(account, { most: 10, unreserved: 10 });
    const { said, complained, status } = await run("prod-cell-1", production);
    expect(status).toBe(1);
    expect(complained).toBe("Error: the account is short of one thing\n");
    expect(said).toContain("SHORT     Lambda concurrency (L-B99A9384): 10 of 251: 151 for prod-cell-1,");
    expect(said).toContain("--service-code lambda --quota-code L-B99A9384 --desired-value 1000");
    expect(page).toContain(said);
    const small = await look("dev", dev);
    expect(small.short).toBe(0);
    expect(small.said).toContain("ok        Lambda concurrency (L-B99A9384): 10, and dev keeps none of it");
  });

  it("without an identity provider takes a deploy from a laptop, and says what makes one", async () => {
    account.provider = false;
    const { said, short } = await look("dev", dev);
    expect(short).toBe(0);
    expect(said).toContain("note      GitHub's identity provider: none, so no workflow can deploy here");
    expect(page).toContain(said);
  });

  it("with everything is ok, line by line", async () => {
    const { said, complained, status } = await run("dev", dev);
    expect({ complained, status }).toEqual({ complained: "", status: 0 });
    expect(said.match(/^ {2}\S+ +/gm)).toEqual(Array.from({ length: 5 }, () => "  ok        "));
    expect(page).toContain(said);
  });

  it("is not short of what an earlier deploy of the same workspace reserved", async () => {
    const own = { "prod-cell-1-sweep-payments": 1, "prod-cell-1-receive-provider-webhook": 100 };
    Object.assign(account, { most: 300, unreserved: 199, reserved: own });
    const { said, short } = await look("prod-cell-1", production);
    expect(short).toBe(0);
    expect(said).toContain("300 of 251: 151 for prod-cell-1, 0 reserved by others, 100 for all");
    account.reserved = {};
    expect((await look("prod-cell-1", production)).said).toContain("300 of 352:");
  });

  it.each([true, false])(
    "with too slow a start names the quota by AWS's own code (applied: %p)",
    async (is) => {
      Object.assign(account, { starts: 150, startsApplied: is });
      const { said, short } = await look("prod-cell-1", production);
      expect(short).toBe(1);
      expect(said).toContain("StartExecution a second (L-0123ABCD): 150, and prod-cell-1 starts 300 at most");
      expect(said).toContain("--service-code states --quota-code L-0123ABCD --desired-value 300");
      expect(said).toContain("or set `consumers` of start-saga to 15");
    },
  );

  it("in a Region that is not enabled is told from one with a wrong key", async () => {
    account.refused["/2016-08-19/account-settings"] = "UnrecognizedClientException";
    const { said, short } = await look("dev", dev);
    expect(short).toBe(1);
    expect(said).toContain("SHORT     Region us-east-1: it does not know this account's credentials");
    account.refused.ListOpenIDConnectProviders = "InvalidClientTokenId";
    expect((await look("dev", dev)).said).toContain(
      "not read  Region us-east-1: UnrecognizedClientException",
    );
  });

  it("that may not be asked is said to be unread, and stops nothing", async () => {
    account.refused.ListServiceQuotas = "AccessDeniedException";
    const { said, short } = await look("dev", dev);
    expect(short).toBe(0);
    expect(said).toContain(
      "not read  StartExecution a second: Error: Service Quotas refuses ListServiceQuotas: 403 AccessDeniedException",
    );
  });

  it("that was never bootstrapped has no boundary for the roles, where one is asked for", async () => {
    account.boundary = false;
    const { said, short } = await look("dev", dev);
    expect(short).toBe(1);
    expect(said).toContain("SHORT     permissions boundary contra-boundary-dev: the account has none");
    expect((await look("dev", { ...dev, permissions_boundary: null })).short).toBe(0);
    account.refused.GetPolicy = "AccessDenied";
    expect((await look("dev", dev)).short).toBe(0);
  });

  it("is another than the shell's Region: it is said", async () => {
    process.env.AWS_REGION = "eu-west-1";
    const { said } = await look("dev", dev);
    expect(said).toContain("note      AWS_REGION is eu-west-1 here");
    expect(said).toContain("export AWS_REGION=us-east-1");
  });

  it("is asked in reads alone, and once for what several lines say", async () => {
    await look("prod-cell-1", production);
    const once = asked.filter((one) => one === "GetCallerIdentity" || one.endsWith("/account-settings"));
    expect(once.length).toBe(2);
    expect(
      asked.filter((one) => !/^(List|Get)|^\/2016-08-19\/account-settings$|\/concurrency$/.test(one)),
    ).toEqual([]);
  });
});
