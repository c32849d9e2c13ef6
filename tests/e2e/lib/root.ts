// A copy of the repository that Terraform is run in: no state, no override and no changed zip is
// ever left in the work tree.
import { cpSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { basename, join } from "node:path";
import { type Ran, type Run, run, succeed } from "./children.ts";

const REPOSITORY = join(import.meta.dirname, "..", "..", "..");
/** State and plans of others are none of ours; packages are linked and not copied. */
const LEFT_OUT =
  /^(\.git|\.contra|\.terraform|node_modules|coverage|.*\.tfstate.*|.*_override\.tf|.*\.tfplan)$/;
/** Several times what an apply of everything takes on a quiet machine. */
const LONGEST_SECONDS = 3_600;

export type Change = "apply" | "destroy";

export class Root {
  readonly directory = mkdtempSync(join(tmpdir(), "contra-e2e-"));
  readonly env: NodeJS.ProcessEnv;

  constructor(env: NodeJS.ProcessEnv) {
    this.env = env;
    // With their times, or make would think that every package is out of date.
    cpSync(REPOSITORY, this.directory, {
      recursive: true,
      preserveTimestamps: true,
      filter: (path) => !LEFT_OUT.test(basename(path)),
    });
    symlinkSync(join(REPOSITORY, "node_modules"), join(this.directory, "node_modules"));
  }

  async init(workspaces: string[]): Promise<void> {
    const { TF_PLUGIN_DIR } = this.env;
    const mirror = TF_PLUGIN_DIR ? [`-plugin-dir=${TF_PLUGIN_DIR}`] : [];
    await this.terraform(undefined, ["init", "-input=false", ...mirror]);
    for (const workspace of workspaces)
      await this.terraform(undefined, ["workspace", "select", "-or-create", workspace]);
  }

  /**
   * Writes a workspace's settings: those of `dev`, but for the ones that are given, each of which
   * stands there on one line.
   */
  configure(workspace: string, settings: Record<string, unknown>): void {
    const lines = readFileSync(this.path("terraform/environments/dev.tfvars"), "utf8").split("\n");
    const kept = lines.filter((line) => !((/^\w+/.exec(line)?.[0] ?? "") in settings));
    const own = Object.entries(settings).map(([name, value]) => `${name} = ${JSON.stringify(value ?? null)}`);
    writeFileSync(this.path(`terraform/${settingsFile(workspace)}`), [...kept, ...own, ""].join("\n"));
  }

  /** Changes a source of the copy, for a deploy; throws when there is nothing to change. */
  edit(file: string, from: string | RegExp, to: string): void {
    const text = readFileSync(this.path(file), "utf8");
    const changed = text.replace(from, to);
    if (changed === text) throw new Error(`${file} does not hold ${from}`);
    writeFileSync(this.path(file), changed);
  }

  /**
   * Records what stands as the release that runs, as a first deploy does: without it there is none
   * to go back to.
   */
  async moveTraffic(workspace: string): Promise<void> {
    const script =
      "set -o pipefail; terraform -chdir=terraform output -json deployment | node scripts/deploy.ts deploy";
    const env = { ...this.env, TF_WORKSPACE: workspace };
    await succeed({
      command: "bash",
      args: ["-c", script],
      cwd: this.directory,
      env,
      seconds: LONGEST_SECONDS,
    });
  }

  /** `scripts/deploy.sh`, as a person runs it. */
  deploy(workspace: string, action: "deploy" | "rollback"): Promise<string> {
    const args = [workspace, action];
    const command = "scripts/deploy.sh";
    return succeed({ command, args, cwd: this.directory, env: this.env, seconds: LONGEST_SECONDS });
  }

  /** Applies or destroys; returns what Terraform printed. */
  change(workspace: string, change: Change): Promise<string> {
    return this.terraform(workspace, [change, "-auto-approve", ...argumentsFor(workspace)]);
  }

  /** Plans; the exit code is 0 for no changes and 2 for some. What is given comes last and wins. */
  plan(workspace: string, given: string[] = []): Promise<Ran> {
    return run(this.command(workspace, ["plan", "-detailed-exitcode", ...argumentsFor(workspace), ...given]));
  }

  async outputs(workspace: string): Promise<Record<string, unknown>> {
    const printed = await this.terraform(workspace, ["output", "-json"]);
    const outputs = JSON.parse(printed) as Record<string, { value: unknown }>;
    return Object.fromEntries(Object.entries(outputs).map(([name, { value }]) => [name, value]));
  }

  /**
   * Everything that Terraform says it made, as `type.name["key"]` and its ARN, or its id where it
   * has none.
   */
  async resources(workspace: string): Promise<Map<string, string>> {
    const { values } = JSON.parse(await this.terraform(workspace, ["show", "-json"])) as State;
    const all = modulesBelow(values?.root_module ?? {}).flatMap(({ resources = [] }) => resources);
    const ours = all.filter(({ mode }) => mode === "managed");
    return new Map(ours.map(({ address, values: { arn, id } }) => [address, String(arn ?? id)]));
  }

  remove(): void {
    rmSync(this.directory, { recursive: true, force: true, maxRetries: 20 });
  }

  private path(file: string): string {
    return join(this.directory, file);
  }

  private terraform(workspace: string | undefined, args: string[]): Promise<string> {
    return succeed(this.command(workspace, args));
  }

  private command(workspace: string | undefined, args: string[]): Run {
    const env = workspace === undefined ? this.env : { ...this.env, TF_WORKSPACE: workspace };
    const cwd = join(this.directory, "terraform");
    return { command: "terraform", args, cwd, env, seconds: LONGEST_SECONDS };
  }
}

const settingsFile = (workspace: string): string => `environments/${workspace}.tfvars`;
const argumentsFor = (workspace: string): string[] => [
  "-input=false",
  `-var-file=${settingsFile(workspace)}`,
];

type Module = {
  resources?: { address: string; mode: string; values: { arn?: unknown; id?: unknown } }[];
  child_modules?: Module[];
};
type State = { values?: { root_module: Module } };

const modulesBelow = (module: Module): Module[] => [
  module,
  ...(module.child_modules ?? []).flatMap(modulesBelow),
];
