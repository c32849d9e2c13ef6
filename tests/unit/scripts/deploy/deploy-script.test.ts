// scripts/deploy.sh in a copy of its surroundings, with a Terraform and a make that only write down
// how they were called.
import { spawnSync } from "node:child_process";
import {
  chmodSync,
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "@jest/globals";
import { REPOSITORY } from "../../../contracts/rules/source-tree.ts";

let home: string;
/**
 * What is piped into Node is read to its end, as Node reads it. Whoever writes it would get an
 * error otherwise.
 */
const HEARS: Record<string, string> = { node: "cat > /dev/null\n" };

beforeEach(() => {
  home = mkdtempSync(join(tmpdir(), "contra-deploy-"));
  for (const folder of ["bin", "scripts", "terraform/environments", "node_modules/.bin"]) {
    mkdirSync(join(home, folder), { recursive: true });
  }
  cpSync(join(REPOSITORY, "scripts/deploy.sh"), join(home, "scripts/deploy.sh"));
  for (const workspace of ["dev", "prod-cell-1"]) {
    writeFileSync(join(home, `terraform/environments/${workspace}.tfvars`), "");
  }
  for (const tool of ["bin/terraform", "bin/make", "node_modules/.bin/node"]) {
    const name = tool.split("/").at(-1);
    writeFileSync(
      join(home, tool),
      `#!/bin/bash\necho "${name} $*" >> "${home}/calls"\nenv > "${home}/environment"\n[ "$2 $3" = "workspace list" ] && cat "${home}/workspaces" 2>/dev/null\n[ "$2" = workspace ] && echo Switched || echo "said by ${name}"\n${HEARS[name ?? ""] ?? ""}`,
    );
    chmodSync(join(home, tool), 0o755);
  }
});

afterEach(() => rmSync(home, { recursive: true, force: true }));

function run(args: string[], env: Record<string, string> = {}) {
  const { status, stdout, stderr } = spawnSync("bash", [join(home, "scripts/deploy.sh"), ...args], {
    env: { PATH: `${join(home, "bin")}:${process.env.PATH}`, ...env },
    stdio: ["ignore", "pipe", "pipe"],
    encoding: "utf8",
  });
  const log = join(home, "calls");
  return {
    status,
    stdout,
    stderr,
    calls: existsSync(log) ? readFileSync(log, "utf8").trim().split("\n") : [],
  };
}

/** Of the last tool that was called, a variable a line. */
const environment = (): string[] => readFileSync(join(home, "environment"), "utf8").split("\n");

const BACKEND = { TF_BACKEND_CONFIG: "bucket=states key=contra use_lockfile=true" };

describe("scripts/deploy.sh", () => {
  it("builds, plans and applies the workspace's settings, and moves the traffic last", () => {
    const { status, calls } = run(["dev"], { TF_PLUGIN_DIR: "/mirror" });
    expect(status).toBe(0);
    // The output and what reads it begin at the same time.
    const [settings, traffic] = [calls.slice(2, 4).sort(), calls.slice(7).sort()];
    expect([...calls.slice(0, 2), ...settings, ...calls.slice(4, 7), ...traffic]).toEqual([
      "terraform -chdir=terraform init -input=false -reconfigure -plugin-dir=/mirror",
      "terraform -chdir=terraform workspace select -or-create dev",
      "node scripts/deploy.ts account dev",
      "terraform -chdir=terraform console -var-file=environments/dev.tfvars",
      "make --no-print-directory build",
      "terraform -chdir=terraform plan -input=false -var-file=environments/dev.tfvars -out=dev.tfplan",
      "terraform -chdir=terraform apply -input=false dev.tfplan",
      "node scripts/deploy.ts deploy",
      "terraform -chdir=terraform output -json deployment",
    ]);
  });

  it("creates nothing in an account that is short, and plans all the same", () => {
    writeFileSync(
      join(home, "node_modules/.bin/node"),
      `#!/bin/bash\necho "node $*" >> "${home}/calls"; cat > /dev/null; [ "$2" != account ]\n`,
    );
    const deployed = run(["dev"]);
    expect(deployed.status).toBe(1);
    expect(deployed.calls.some((call) => /^make| (plan|apply) /.test(call))).toBe(false);
    const planned = run(["dev", "plan"]);
    expect({ status: planned.status, said: planned.stderr }).toMatchObject({ status: 0 });
    expect(planned.stderr).toContain("a deploy would be refused");
    expect(planned.calls.at(-1)).toContain("-out=dev.tfplan");
    expect(run(["dev", "account"]).status).toBe(1);
  });

  it("changes nothing when it plans", () => {
    const { calls } = run(["dev", "plan"]);
    expect(calls.some((call) => / apply | output /.test(call))).toBe(false);
    expect(calls.at(-1)).toContain("-out=dev.tfplan");
  });

  it("moves traffic back without an apply", () => {
    const { calls } = run(["dev", "rollback"]);
    expect(calls).toContain("node scripts/deploy.ts rollback");
    expect(calls.some((call) => / (apply|plan) /.test(call))).toBe(false);
  });

  it("gives Terraform what it is asked, with the workspace's state and nothing else on its output", () => {
    const { status, stdout, calls } = run(["dev", "terraform", "output", "-raw", "provider_url"]);
    expect(status).toBe(0);
    expect(calls).toEqual([
      "terraform -chdir=terraform init -input=false -reconfigure",
      "terraform -chdir=terraform workspace select -or-create dev",
      "terraform -chdir=terraform output -raw provider_url",
    ]);
    expect(stdout).toBe("said by terraform\n");
    expect(environment()).toContain("TF_DATA_DIR=.terraform/dev");
  });

  it("hands an address with quotes on as it is", () => {
    const address = 'aws_sqs_queue.queue["integrity"]';
    const { calls } = run(["dev", "terraform", "import", address, "https://queue"]);
    expect(calls.at(-1)).toBe(`terraform -chdir=terraform import ${address} https://queue`);
  });

  it.each(["plan", "apply", "destroy", "refresh", "import", "console"])(
    "gives a %s by hand the workspace's settings, behind what somebody set for it",
    (command) => {
      run(["dev", "terraform", command], { [`TF_CLI_ARGS_${command}`]: "-no-color -parallelism=30" });
      expect(environment()).toContain(
        `TF_CLI_ARGS_${command}=-no-color -parallelism=30 -var-file=environments/dev.tfvars`,
      );
      run(["prod-cell-1", "terraform", command], { ...BACKEND, AUTO_APPROVE: "1" });
      expect(environment()).toContain(`TF_CLI_ARGS_${command}=-var-file=environments/prod-cell-1.tfvars`);
    },
  );

  it("gives no settings twice, nor to what takes none", () => {
    run(["dev", "deploy"]);
    expect(environment().filter((line) => line.startsWith("TF_CLI_ARGS"))).toEqual([]);
    run(["dev", "terraform", "output"]);
    expect(environment().filter((line) => /^TF_CLI_ARGS(_output)?=/.test(line))).toEqual([]);
  });

  it("reads production's outputs without asking, and changes nothing of it where nobody can be asked", () => {
    expect(run(["prod-cell-1", "terraform", "output"], BACKEND).status).toBe(0);
    const { status, stderr, calls } = run(["prod-cell-1", "terraform", "force-unlock", "4711"], BACKEND);
    expect(status).toBe(1);
    expect(stderr).toContain("production asks before it is given to terraform force-unlock");
    expect(calls.some((call) => call.includes("force-unlock"))).toBe(false);
  });

  it("plans beside the bucket while the workspace has no state there, and makes none", () => {
    const { status, stderr, calls } = run(["dev", "plan"], BACKEND);
    expect(status).toBe(0);
    expect(stderr).toContain("dev was never deployed");
    expect(calls.slice(1, 4)).toEqual([
      "terraform -chdir=terraform workspace list",
      "terraform -chdir=terraform init -input=false -reconfigure -backend-config=workspace_dir=.terraform/dev-new/states",
      "terraform -chdir=terraform workspace select -or-create dev",
    ]);
    expect(readFileSync(join(home, "terraform/backend_override.tf"), "utf8")).toContain('backend "local" {}');
  });

  it("runs in the bash of macOS, which ends at an empty array", () => {
    expect(readFileSync(join(home, "scripts/deploy.sh"), "utf8")).not.toMatch(/\[@\]|mapfile|declare -A/);
  });

  it("keeps the state where a setting says", () => {
    writeFileSync(join(home, "workspaces"), "  default\n* dev\n");
    const { calls } = run(["dev", "plan"], BACKEND);
    expect(calls[0]).toMatch(
      /-backend-config=bucket=states -backend-config=key=contra -backend-config=use_lockfile=true$/,
    );
    expect(readFileSync(join(home, "terraform/backend_override.tf"), "utf8")).toContain('backend "s3"');
  });

  it("takes the workspace's own backend where no setting names one, and no other workspace's", () => {
    writeFileSync(join(home, "terraform/environments/prod-cell-1.s3.tfbackend"), "");
    writeFileSync(join(home, "workspaces"), "* default\n  prod-cell-1\n");
    expect(run(["prod-cell-1", "plan"]).calls[0]).toMatch(
      /-backend-config=environments\/prod-cell-1.s3.tfbackend$/,
    );
    const [, own] = run(["dev", "plan"]).calls.filter((call) => call.includes(" init "));
    expect(own).toMatch(/-reconfigure$/);
    expect(existsSync(join(home, "terraform/backend_override.tf"))).toBe(false);
  });

  it.each([
    ["no workspace", [], "name the workspace"],
    [
      "a workspace without settings",
      ["staging"],
      "the workspace staging has no terraform/environments/staging.tfvars",
    ],
    ["Terraform without a command", ["dev", "terraform"], "say what Terraform shall do"],
    ["an action that it does not know", ["dev", "ship"], "not ship"],
    [
      "production with its state on this machine",
      ["prod-cell-1"],
      "production's state is not kept on this machine",
    ],
  ])("refuses %s before it calls anything", (_, args, sentence) => {
    const { status, stderr, calls } = run(args);
    expect(status).toBe(1);
    expect(stderr).toContain(sentence);
    expect(calls).toEqual([]);
  });

  it("does not change production, forward or back, where nobody can be asked", () => {
    for (const action of ["deploy", "rollback"]) {
      const { status, stderr, calls } = run(["prod-cell-1", action], BACKEND);
      expect(status).toBe(1);
      expect(stderr).toContain("production asks before it");
      expect(calls.some((call) => / apply |deploy\.ts (deploy|rollback)/.test(call))).toBe(false);
    }
  });

  it("destroys a workspace that is named twice, and says what remains", () => {
    const { status, stdout, calls } = run(["dev", "destroy"], { DESTROY: "dev" });
    expect(status).toBe(0);
    expect(calls.slice(2)).toEqual([
      "node scripts/destroy.ts dev",
      "terraform -chdir=terraform destroy -input=false -auto-approve -var-file=environments/dev.tfvars",
      "terraform -chdir=terraform workspace select default",
      "terraform -chdir=terraform workspace delete dev",
    ]);
    expect(stdout).toContain("dev is gone. What remains in the account:");
  });

  it.each([
    ["nobody names it", {}, "destroy asks for the workspace's name"],
    ["another one is named", { DESTROY: "staging" }, "DESTROY names another workspace"],
  ])("destroys nothing where %s", (_, env, sentence) => {
    const { status, stderr, calls } = run(["dev", "destroy"], env as Record<string, string>);
    expect(status).toBe(1);
    expect(stderr).toContain(sentence);
    expect(calls.some((call) => call.includes(" destroy "))).toBe(false);
  });

  it("destroys nothing that is protected or has open payments", () => {
    writeFileSync(
      join(home, "node_modules/.bin/node"),
      `#!/bin/bash\necho "node $*" >> "${home}/calls"; exit 1\n`,
    );
    const { status, calls } = run(["dev", "destroy"], { DESTROY: "dev" });
    expect(status).toBe(1);
    expect(calls.at(-1)).toBe("node scripts/destroy.ts dev");
  });

  it("pays through what was deployed", () => {
    const { calls } = run(["dev", "smoke"]);
    expect(calls.slice(2).sort()).toEqual([
      "node scripts/smoke.ts",
      "terraform -chdir=terraform output -json",
    ]);
  });

  it("changes production without asking where that was approved", () => {
    const { status, calls } = run(["prod-cell-1"], { ...BACKEND, AUTO_APPROVE: "1" });
    expect(status).toBe(0);
    expect(calls).toContain("terraform -chdir=terraform apply -input=false prod-cell-1.tfplan");
  });
});
