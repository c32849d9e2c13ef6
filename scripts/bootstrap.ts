// `make bootstrap`: what an account needs before the first deploy of its workspaces, in one Region.
// A bucket for Terraform's states, this root's own among them, and with REPOSITORY the roles that
// GitHub takes, with HOSTED_ZONE_ID also to the records of a zone. WORKSPACES names all workspaces
// of the account. What is not said stays as it was; at first the workspaces are those that main
// reaches. May be run again, whenever terraform/bootstrap or one of these has changed.
import { existsSync, readFileSync, renameSync, rmSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import order from "../terraform/environments/order.json" with { type: "json" };
import { isSameState, type StateFile, stateIn } from "./bootstrap/remote-state.ts";
import { terraformIn } from "./bootstrap/terraform.ts";
import { accountIn, githubIn } from "./deploy/account-port.ts";
import { accountOf, callerOf } from "./lib/caller.ts";
import { assertWorkspace, regionOf } from "./lib/workspace.ts";

const { WORKSPACES, REPOSITORY, HOSTED_ZONE_ID, AUTO_APPROVE } = process.env;
const TERRAFORM = join(import.meta.dirname, "..", "terraform");
const ROOT = join(TERRAFORM, "bootstrap");
const LOCAL_STATE = join(ROOT, "terraform.tfstate");
const OVERRIDE = join(ROOT, "backend_override.tf");
const GITHUB = "aws_iam_openid_connect_provider.github";

/** The output of this root by the same name. */
type MadeWith = { workspaces: string[]; repository: string | null; hosted_zone_id: string | null };

const terraform = terraformIn(ROOT);

/** The state that an earlier run left on this machine; undefined where it is empty or moved. */
const localState = (): StateFile | undefined =>
  existsSync(LOCAL_STATE) && statSync(LOCAL_STATE).size > 0
    ? JSON.parse(readFileSync(LOCAL_STATE, "utf8"))
    : undefined;

function namedWorkspaces(): { names: string[]; region: string } {
  const names = WORKSPACES?.trim() ? WORKSPACES.trim().split(/[\s,]+/) : order;
  names.forEach(assertWorkspace);
  const regions = [...new Set(names.map(regionOf))];
  const [region = ""] = regions;
  if (regions.length !== 1)
    throw new Error(`one bootstrap is of one Region: ${names.join(", ")} are in ${regions.join(", ")}`);
  return { names, region };
}

/** The states here and in the bucket. Throws where they are two: neither is overwritten. */
async function states(bucket: string, region: string): Promise<{ here?: StateFile; there?: StateFile }> {
  const [here, there] = [localState(), await stateIn(bucket, region)];
  if (here && there && !isSameState(here, there))
    throw new Error(`two states: ${LOCAL_STATE} is another than bootstrap.tfstate in ${bucket}. Keep one`);
  return { ...(here && { here }), ...(there && { there }) };
}

/** Initializes where the state is: in the bucket, or on this machine until a bucket stands. */
async function initialize(bucket: string, region: string): Promise<void> {
  const { here, there } = await states(bucket, region);
  // The last run died between the copy and its end.
  if (here && there) renameSync(LOCAL_STATE, `${LOCAL_STATE}.moved`);
  if (there) useBucket(bucket, region, "-reconfigure");
  else {
    rmSync(OVERRIDE, { force: true });
    terraform.init("-reconfigure");
  }
}

function useBucket(bucket: string, region: string, ...how: string[]): void {
  writeFileSync(OVERRIDE, 'terraform {\n  backend "s3" {}\n}\n');
  const backend = { bucket, key: "bootstrap.tfstate", region, encrypt: true, use_lockfile: true };
  const settings = Object.entries(backend).map(([name, value]) => `-backend-config=${name}=${value}`);
  terraform.init(...how, ...settings);
}

/**
 * GitHub's provider where the account has one that is not ours: a second one would be refused. One
 * of ours stays ours: named as another's it would be destroyed.
 */
async function othersProvider(region: string): Promise<string[]> {
  if (terraform.resources().some((address) => address.startsWith(GITHUB))) return [];
  const providers = await accountIn(region).identityProviders();
  if ("unread" in providers) throw new Error(`the account's identity providers: ${providers.unread}`);
  const arn = githubIn(providers.read);
  return arn ? [`-var=github_provider_arn=${arn}`] : [];
}

async function bootstrap(): Promise<void> {
  const { names, region } = namedWorkspaces();
  const account = accountOf(await callerOf("", undefined, region));
  const bucket = `contra-state-${account}-${region}`;
  await initialize(bucket, region);
  const before = terraform.output<MadeWith>("made_with");
  const workspaces = WORKSPACES?.trim() ? names : [...new Set([...names, ...(before?.workspaces ?? [])])];
  const repository = REPOSITORY || before?.repository;
  const zone = HOSTED_ZONE_ID || before?.hosted_zone_id;
  terraform.run("apply", [
    "-input=false",
    `-var=region=${region}`,
    `-var=workspaces=${JSON.stringify(workspaces)}`,
    ...(repository ? [`-var=repository=${repository}`, ...(await othersProvider(region))] : []),
    ...(zone ? [`-var=hosted_zone_id=${zone}`] : []),
    ...(AUTO_APPROVE ? ["-auto-approve"] : []),
  ]);
  // Asked again: somebody else may have begun while this run waited for an answer.
  if ((await states(bucket, region)).here) useBucket(bucket, region, "-migrate-state", "-force-copy");

  const backends = terraform.output<Record<string, string>>("backends");
  for (const [name, text] of Object.entries(backends ?? {})) {
    const file = `environments/${name}.s3.tfbackend`;
    writeFileSync(join(TERRAFORM, file), text);
    console.log(`${name}: its state is in ${bucket}, as terraform/${file} says`);
  }
  const roles = terraform.output<Record<string, string>>("roles");
  for (const [environment, arn] of Object.entries(roles ?? {}))
    console.log(`GitHub environment ${environment}: AWS_ROLE_ARN=${arn} AWS_REGION=${region}`);
}

await bootstrap().catch((error: Error) => {
  console.error(`contra: ${error.message}`);
  process.exitCode = 1;
});
