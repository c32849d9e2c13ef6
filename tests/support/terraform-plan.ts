// What `terraform test` plans offline, with the tests' mocked provider: resource by resource. Needs
// an initialised root and what `make build` makes.
import { spawnSync } from "node:child_process";
import { readdirSync } from "node:fs";
import { join } from "node:path";

/**
 * `after` holds what the plan knows; `unknown` names the attributes of which only an apply can
 * tell.
 */
export type Planned = { address: string; type: string; index?: string; after: Attributes; unknown: string[] };
type Attributes = Record<string, unknown>;

type Change = {
  address: string;
  type: string;
  mode: string;
  index?: string;
  change: { after: Attributes | null; after_unknown: Record<string, unknown> };
};

type Line = { test_plan?: { resource_changes: Change[] }; diagnostic?: { summary: string; detail: string } };

/** The plan of a test's first run, in the folder of a root. Throws with Terraform's own words. */
function planned(folder: string, args: readonly string[], env: Record<string, string> = {}): Planned[] {
  const { stdout, stderr, status } = spawnSync(
    "terraform",
    [`-chdir=${folder}`, "test", "-json", "-verbose", ...args],
    // The plan comes with every schema of the provider: some 14 MB.
    { encoding: "utf8", env: { ...process.env, ...env }, maxBuffer: 256 * 1024 * 1024 },
  );
  const lines = stdout.split("\n").filter((line) => /"(test_plan|diagnostic)"/.test(line));
  const said = lines.map((line) => JSON.parse(line) as Line);
  const plan = said.find(({ test_plan }) => test_plan)?.test_plan;
  if (plan && status === 0)
    return plan.resource_changes.filter(({ mode }) => mode === "managed").map(resource);
  const why = said.flatMap(({ diagnostic }) => (diagnostic ? [diagnostic.summary, diagnostic.detail] : []));
  throw new Error(`terraform test ${args.join(" ")} failed:\n${[...why, stderr].join("\n")}`);
}

const resource = ({ address, type, index, change }: Change): Planned => ({
  address,
  type,
  ...(index === undefined ? {} : { index }),
  after: change.after ?? {},
  unknown: Object.entries(change.after_unknown).flatMap(([name, is]) => (is === true ? [name] : [])),
});

/** What tests/permissions.tftest.hcl plans: every resource there is, in a workspace of no name. */
export const planOf = (repository: string): Planned[] =>
  planned(join(repository, "terraform"), ["-filter=tests/permissions.tftest.hcl"]);

/** Every workspace whose settings are committed, whether main reaches it or not. */
export const committedWorkspaces = (repository: string): string[] =>
  readdirSync(join(repository, "terraform/environments"))
    .flatMap((file) => /^(.+)\.tfvars$/.exec(file)?.[1] ?? [])
    .sort();

/** What whoever runs production puts in the place of its placeholders, which no plan takes. */
const REPLACED = ["provider_url=https://provider.example.com", "jwt_issuer=https://issuer.example.com"];

/**
 * A workspace as it is committed, but for what is given as `name=value`. Its own tests run too, and
 * one that fails is thrown.
 */
export const planOfWorkspace = (
  repository: string,
  workspace: string,
  given: readonly string[] = [],
): Planned[] =>
  planned(
    join(repository, "terraform"),
    [
      "-test-directory=tests/environments",
      `-var-file=environments/${workspace}.tfvars`,
      ...[...(workspace.startsWith("prod") ? REPLACED : []), ...given].map((setting) => `-var=${setting}`),
    ],
    { TF_WORKSPACE: workspace },
  );

/** The roles of GitHub's jobs, for the committed workspaces. */
export const planOfBootstrap = (repository: string): Planned[] =>
  planned(join(repository, "terraform/bootstrap"), ["-filter=tests/policies.tftest.hcl"]);
