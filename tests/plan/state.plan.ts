// Where Terraform keeps a workspace's state: what a plan and a deploy ask of the bucket is what
// their roles may. A real Terraform with a root of one thing, and a bucket that refuses the rest.
import { spawn } from "node:child_process";
import { once } from "node:events";
import { chmodSync, cpSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { createServer, type Server } from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { text } from "node:stream/consumers";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "@jest/globals";
import { REPOSITORY } from "../contracts/rules/source-tree.ts";
import { closeServers, urlOf } from "../support/servers.ts";
import { type Right, stateRights } from "./rights.ts";

const STATE = "env:/dev/contra.tfstate";
const objects = new Map<string, string>();
let rights: Right[];
/** What was asked, as IAM names it; refused where nobody may. */
let asked: string[];
let refused: string[];

const actionOf = (method: string, key: string): string =>
  key === "" ? "ListBucket" : `${{ GET: "Get", HEAD: "Get", PUT: "Put", DELETE: "Delete" }[method]}Object`;

/** Path style, as an endpoint of one's own is called. */
const bucket: Server = createServer(async (request, response) => {
  const { method = "", url = "" } = request;
  const body = await text(request);
  const key = decodeURIComponent(new URL(url, "http://bucket").pathname).replace(/^\/states\/?/, "");
  const action = `s3:${actionOf(method, key)}`;
  const on = `arn:aws:s3:::states${key && `/${key}`}`;
  asked.push(`${action} ${key}`);
  if (!rights.some((right) => right.action === action && right.on === on)) {
    refused.push(`${action} ${key}`);
    response.writeHead(403).end("<Error><Code>AccessDenied</Code></Error>");
  } else if (action === "s3:ListBucket") {
    const contents = [...objects.keys()].map((each) => `<Contents><Key>${each}</Key></Contents>`);
    response.end(`<ListBucketResult><IsTruncated>false</IsTruncated>${contents.join("")}</ListBucketResult>`);
  } else if (method === "PUT") {
    if (request.headers["if-none-match"] === "*" && objects.has(key)) response.writeHead(412).end();
    else {
      objects.set(key, body);
      response.end();
    }
  } else if (method === "DELETE") {
    objects.delete(key);
    response.writeHead(204).end();
  } else if (objects.has(key)) response.end(method === "HEAD" ? undefined : objects.get(key));
  else response.writeHead(404).end(method === "HEAD" ? undefined : "<Error><Code>NoSuchKey</Code></Error>");
});

let home: string;
beforeAll(async () => {
  await new Promise<void>((done) => bucket.listen(0, "127.0.0.1", () => done()));
});
afterAll(() => closeServers(bucket));
beforeEach(() => {
  objects.clear();
  [asked, refused] = [[], []];
  home = mkdtempSync(join(tmpdir(), "contra-state-"));
  for (const folder of ["bin", "scripts", "terraform/environments", "node_modules/.bin"])
    mkdirSync(join(home, folder), { recursive: true });
  cpSync(join(REPOSITORY, "scripts/deploy.sh"), join(home, "scripts/deploy.sh"));
  writeFileSync(join(home, "terraform/environments/dev.tfvars"), 'region = "us-east-1"\n');
  const variables = ["region", "concurrency", "consumers", "permissions_boundary"].map(
    (name) => `variable "${name}" { default = "" }`,
  );
  writeFileSync(
    join(home, "terraform/main.tf"),
    [...variables, 'resource "terraform_data" "one" {}', 'output "deployment" { value = "" }', ""].join("\n"),
  );
  for (const tool of ["bin/make", "node_modules/.bin/node"]) {
    writeFileSync(join(home, tool), "#!/bin/sh\n[ -t 0 ] || cat > /dev/null\n");
    chmodSync(join(home, tool), 0o755);
  }
});
const clean = (): void => rmSync(home, { recursive: true, force: true });

/** What it says. Throws with that, and with what was refused, when it fails. */
async function run(action: string): Promise<string> {
  const where = ["use_path_style=true", "skip_requesting_account_id=true"];
  const skips = [
    "skip_credentials_validation=true",
    "skip_metadata_api_check=true",
    "skip_region_validation=true",
  ];
  const backend = ["bucket=states", "key=contra.tfstate", "region=us-east-1", "use_lockfile=true"];
  const env = {
    PATH: `${join(home, "bin")}:${process.env.PATH}`,
    HOME: home,
    AWS_ENDPOINT_URL_S3: urlOf(bucket),
    AWS_ACCESS_KEY_ID: "test",
    AWS_SECRET_ACCESS_KEY: "test",
    TF_BACKEND_CONFIG: [...backend, ...where, ...skips].join(" "),
    TF_CLI_ARGS: "-no-color",
  };
  const child = spawn("bash", [join(home, "scripts/deploy.sh"), "dev", action], {
    env,
    stdio: ["ignore", "pipe", "pipe"],
  });
  const [out, err, [status]] = await Promise.all([
    text(child.stdout),
    text(child.stderr),
    once(child, "exit"),
  ]);
  if (status !== 0) throw new Error([`${action} failed`, out, err, ...refused].join("\n"));
  return out + err;
}

const only = (phase: Right["phase"]): Right[] => stateRights("dev").filter((right) => right.phase === phase);

describe("a workspace's state", () => {
  it("is not there before the first deploy, and the role that only reads plans all the same", async () => {
    rights = only("plan");
    expect(await run("plan")).toContain("Plan: 1 to add, 0 to change, 0 to destroy.");
    expect([...objects.keys()]).toEqual([]);
    clean();
  });

  it("is made by a deploy, and then planned against by whoever only reads", async () => {
    rights = stateRights("dev");
    await run("deploy");
    expect([...objects.keys()]).toEqual([STATE]);
    rights = only("plan");
    expect(await run("plan")).toContain("No changes.");
    clean();
  });

  it("asks for every right to the bucket that a role has", async () => {
    rights = stateRights("dev");
    await run("deploy");
    await run("plan");
    const having = rights.map(({ action, on }) => `${action} ${on.replace(/^arn:aws:s3:::states\/?/, "")}`);
    expect([...new Set(asked)].sort()).toEqual([...new Set(having)].sort());
    clean();
  });
});
