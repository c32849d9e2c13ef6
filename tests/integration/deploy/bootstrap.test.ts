// `make bootstrap` in a copy of its surroundings: a Terraform that writes down how it was called
// and keeps a state as the real one does, and an endpoint that answers as AWS does.
import { spawn } from "node:child_process";
import { once } from "node:events";
import {
  chmodSync,
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { createServer, type Server } from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { text } from "node:stream/consumers";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from "@jest/globals";
import { REPOSITORY } from "../../contracts/rules/source-tree.ts";
import { closeServers, urlOf } from "../../support/servers.ts";

const BUCKET = "contra-state-123456789012-us-east-1";
const PROVIDER = "arn:aws:iam::123456789012:oidc-provider/token.actions.githubusercontent.com";
const STATE = { lineage: "ours", serial: 3 };

const OUTPUTS = { roles: { value: {} }, backends: { value: { dev: "key = 1" } } };

/** A local apply leaves a state here, and a migration empties it. */
const TERRAFORM = `#!/bin/bash
echo "\${@:2}" >> "$HOME_OF_TEST/calls"
root="\${1#-chdir=}"
case "$2" in
  apply) [ -e "$root/backend_override.tf" ] || echo '${JSON.stringify(STATE)}' > "$root/terraform.tfstate" ;;
  init) [[ " $* " != *" -migrate-state "* ]] || : > "$root/terraform.tfstate" ;;
  show) cat "$HOME_OF_TEST/shown" 2> /dev/null || echo '{}' ;;
  output) cat "$HOME_OF_TEST/outputs" 2> /dev/null || echo '${JSON.stringify(OUTPUTS)}' ;;
esac
`;

let server: Server;
let home: string;
let remote: object | undefined;
/** What somebody else puts there after the first look. */
let meanwhile: object | undefined;
let provider: boolean;

beforeAll(async () => {
  server = createServer(async (request, response) => {
    const asked = `${request.url}${await text(request)}`;
    if (asked.includes("GetCallerIdentity")) response.end("<Arn>arn:aws:iam::123456789012:user/mia</Arn>");
    else if (asked.includes("ListOpenIDConnectProviders")) {
      const list = provider ? `<member><Arn>${PROVIDER}</Arn></member>` : "";
      const result = `<OpenIDConnectProviderList>${list}</OpenIDConnectProviderList>`;
      response.end(`<A><ListOpenIDConnectProvidersResult>${result}</ListOpenIDConnectProvidersResult></A>`);
    } else if (asked.startsWith(`/${BUCKET}/bootstrap.tfstate`) && remote)
      response.end(JSON.stringify(remote));
    else if (asked.startsWith(`/${BUCKET}/bootstrap.tfstate`)) {
      remote = meanwhile;
      response.writeHead(404).end("<Error><Code>NoSuchKey</Code></Error>");
    } else response.writeHead(404).end("<Error><Code>NoSuchBucket</Code></Error>");
  });
  await new Promise<void>((done) => server.listen(0, "127.0.0.1", done));
});
afterAll(() => closeServers(server));

beforeEach(() => {
  [remote, meanwhile, provider] = [undefined, undefined, false];
  home = mkdtempSync(join(tmpdir(), "contra-bootstrap-"));
  for (const folder of ["scripts", "functions", "terraform/environments", "schemas"])
    cpSync(join(REPOSITORY, folder), join(home, folder), { recursive: true });
  mkdirSync(join(home, "terraform/bootstrap"), { recursive: true });
  mkdirSync(join(home, "bin"));
  symlinkSync(join(REPOSITORY, "node_modules"), join(home, "node_modules"));
  cpSync(join(REPOSITORY, "package.json"), join(home, "package.json"));
  writeFileSync(join(home, "bin/terraform"), TERRAFORM);
  chmodSync(join(home, "bin/terraform"), 0o755);
});
afterEach(() => rmSync(home, { recursive: true, force: true }));

async function run(settings: Record<string, string> = {}) {
  const env = {
    PATH: `${join(home, "bin")}:${process.env.PATH}`,
    HOME_OF_TEST: home,
    AWS_ENDPOINT_URL: urlOf(server),
    AWS_ACCESS_KEY_ID: "test",
    AWS_SECRET_ACCESS_KEY: "test",
    ...settings,
  };
  const program = ["--disable-warning=ExperimentalWarning", join(home, "scripts/bootstrap.ts")];
  const child = spawn(process.execPath, program, { env });
  child.stdin.end();
  const [out, err, [status]] = await Promise.all([
    text(child.stdout),
    text(child.stderr),
    once(child, "exit"),
  ]);
  const log = join(home, "calls");
  const all = existsSync(log) ? readFileSync(log, "utf8").trim().split("\n") : [];
  const calls = all.filter((call) => call !== "output -json");
  rmSync(log, { force: true });
  return { status, said: out + err, calls };
}

const here = (name: string): string => join(home, "terraform/bootstrap", name);
const backend = `-backend-config=bucket=${BUCKET} -backend-config=key=bootstrap.tfstate -backend-config=region=us-east-1 -backend-config=encrypt=true -backend-config=use_lockfile=true`;
const applied = '-input=false -var=region=us-east-1 -var=workspaces=["dev"]';

describe("make bootstrap", () => {
  it("makes the bucket with its state here, moves the state there, and tells each workspace its place", async () => {
    const { status, said, calls } = await run();
    expect({ status, said }).toMatchObject({ status: 0 });
    expect(calls.slice(0, 3)).toEqual([
      "init -input=false -reconfigure",
      `apply ${applied}`,
      `init -input=false -migrate-state -force-copy ${backend}`,
    ]);
    expect(readFileSync(join(home, "terraform/environments/dev.s3.tfbackend"), "utf8")).toBe("key = 1");
    expect(said).toContain(`dev: its state is in ${BUCKET}`);
  });

  it("goes on in the bucket from any machine, and from one that died after the copy", async () => {
    remote = STATE;
    const { calls } = await run({ AUTO_APPROVE: "1" });
    expect(calls.slice(0, 2)).toEqual([
      `init -input=false -reconfigure ${backend}`,
      `apply ${applied} -auto-approve`,
    ]);
    writeFileSync(here("terraform.tfstate"), JSON.stringify(STATE));
    expect((await run()).calls[0]).toBe(`init -input=false -reconfigure ${backend}`);
    expect(existsSync(here("terraform.tfstate.moved"))).toBe(true);
  });

  it("moves what a run that died before the copy left here", async () => {
    writeFileSync(here("terraform.tfstate"), JSON.stringify(STATE));
    const { calls } = await run();
    expect(calls[0]).toBe("init -input=false -reconfigure");
    expect(calls[2]).toContain("-migrate-state");
  });

  it.each([
    { lineage: "another", serial: 1 },
    { lineage: "ours", serial: 4 },
  ])("overwrites neither of two states: %p", async (local) => {
    remote = STATE;
    writeFileSync(here("terraform.tfstate"), JSON.stringify(local));
    const { status, said, calls } = await run();
    expect(status).toBe(1);
    expect(said).toContain("contra: two states:");
    expect(calls).toEqual([]);
  });

  it("does not overwrite the state of somebody who was faster", async () => {
    meanwhile = { lineage: "another", serial: 1 };
    const { status, said, calls } = await run();
    expect(status).toBe(1);
    expect(said).toContain("contra: two states:");
    expect(calls.join()).not.toContain("-migrate-state");
  });

  it("takes GitHub's provider where another project made it, and keeps its own", async () => {
    provider = true;
    const asked = { REPOSITORY: "owner@1/contra@2" };
    const named = `-var=github_provider_arn=${PROVIDER}`;
    const apply = async () => (await run(asked)).calls.find((call) => call.startsWith("apply"));
    expect(await apply()).toBe(`apply ${applied} -var=repository=owner@1/contra@2 ${named}`);
    const resources = [{ address: "aws_iam_openid_connect_provider.github[0]" }];
    writeFileSync(join(home, "shown"), JSON.stringify({ values: { root_module: { resources } } }));
    expect(await apply()).toBe(`apply ${applied} -var=repository=owner@1/contra@2`);
  });

  it("keeps what it was made with, where nobody says otherwise", async () => {
    const made_with = {
      workspaces: ["dev", "staging"],
      repository: "owner@1/contra@2",
      hosted_zone_id: "Z1",
    };
    writeFileSync(join(home, "outputs"), JSON.stringify({ ...OUTPUTS, made_with: { value: made_with } }));
    const apply = async (asked = {}) => (await run(asked)).calls.find((call) => call.startsWith("apply"));
    const all = '-input=false -var=region=us-east-1 -var=workspaces=["dev","staging"]';
    const beside = "-var=repository=owner@1/contra@2 -var=hosted_zone_id=Z1";
    expect(await apply()).toBe(`apply ${all} ${beside}`);
    expect(await apply({ WORKSPACES: "dev" })).toBe(`apply ${applied} ${beside}`);
    expect(await apply({ REPOSITORY: "o@3/c@4", HOSTED_ZONE_ID: "Z2" })).toBe(
      `apply ${all} -var=repository=o@3/c@4 -var=hosted_zone_id=Z2`,
    );
  });

  it("is of one Region, and of workspaces that have settings", async () => {
    const elsewhere = join(home, "terraform/environments/staging.tfvars");
    writeFileSync(elsewhere, 'region = "eu-west-1"\n');
    expect((await run({ WORKSPACES: "dev staging" })).said).toContain("one bootstrap is of one Region");
    expect((await run({ WORKSPACES: "nope" })).said).toContain("no workspace is called nope");
  });
});
