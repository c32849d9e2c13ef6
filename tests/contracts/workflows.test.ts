// GitHub's part of the way to AWS: what runs when, with which rights, and one cell after the other.
import { existsSync } from "node:fs";
import { dirname, join } from "node:path";
import { describe, expect, it } from "@jest/globals";
import { parse } from "yaml";
import { filesBelow, jsonOf, makeTargets, REPOSITORY, textOf } from "./rules/source-tree.ts";
import { ASKS, expression, pinsIn, type Workflow, workflowFrom, wrongIn } from "./rules/workflow-rules.ts";

const paths = filesBelow(".github/workflows", /\.yml$/);
const targets = makeTargets();
const exists = (path: string): boolean => existsSync(join(REPOSITORY, path));
const read = (name: string): Workflow => workflowFrom(textOf(`.github/workflows/${name}.yml`));

describe("the workflows", () => {
  it("are those that the documents speak of", () => {
    expect(paths.map((path) => path.split("/").at(-1))).toEqual([
      "check.yml",
      "codeql.yml",
      "deploy.yml",
      "plan.yml",
      "reference-data.yml",
      "rollback.yml",
      "supply-chain.yml",
    ]);
  });

  it.each(paths)("keep to the rules in %s", (path) => {
    expect(wrongIn(workflowFrom(textOf(path)), targets, exists)).toEqual([]);
  });

  it.each<[string, (workflow: Workflow) => void]>([
    ["its jobs inherit permissions", (w) => delete w.permissions],
    ["a fork's code runs with our rights", (w) => Object.assign(w, { on: { pull_request_target: null } })],
    [
      "deploy has other permissions than its work needs",
      ({ jobs }) => Object.assign(jobs.deploy?.permissions ?? {}, { contents: "write" }),
    ],
    ["deploy may run for ever", ({ jobs }) => delete jobs.deploy?.["timeout-minutes"]],
    ["deploy takes a role without an environment", ({ jobs }) => delete jobs.deploy?.environment],
    [
      "deploy uses actions/setup-node@v4, which may change under it",
      ({ jobs }) => jobs.deploy?.steps.push({ uses: "actions/setup-node@v4" }),
    ],
    [
      "deploy writes an expression into a shell",
      ({ jobs }) => jobs.deploy?.steps.push({ run: `echo ${expression("inputs.workspace")}` }),
    ],
    ["deploy makes ship, which is no target", ({ jobs }) => jobs.deploy?.steps.push({ run: "make ship" })],
    [
      "deploy names scripts/ship.sh, which does not exist",
      ({ jobs }) => jobs.deploy?.steps.push({ run: "scripts/ship.sh dev" }),
    ],
    [
      "it starts beside the check and not after it",
      (w) => Object.assign(w, { on: { push: { branches: ["main"] } } }),
    ],
    ["order runs whatever became of the check", ({ jobs }) => Object.assign(jobs.order ?? {}, { if: ASKS })],
    [
      "order runs whatever became of the check",
      ({ jobs }) =>
        Object.assign(jobs.order ?? {}, {
          if: `${ASKS} && github.event.workflow_run.conclusion == 'success'`,
        }),
    ],
    [
      "deploy deploys from a repository that was never told to",
      ({ jobs, concurrency = {} }) => {
        Object.assign(jobs.order ?? {}, { if: jobs.order?.if?.replace(`${ASKS} && `, "") });
        Object.assign(concurrency, { group: concurrency.group?.replace(`${ASKS} && `, "") });
      },
    ],
    [
      "order runs whatever became of the check",
      (w) => Object.assign(w.concurrency ?? {}, { group: "deploy" }),
    ],
    [
      "order takes an old commit when its check is run again",
      ({ jobs, concurrency = {} }) => {
        const again = / && \(github\.event\.workflow_run\.run_attempt[^)]*\)/;
        Object.assign(jobs.order ?? {}, { if: jobs.order?.if?.replace(again, "") });
        Object.assign(concurrency, { group: concurrency.group?.replace(again, "") });
      },
    ],
    [
      "deploy takes other code than was checked",
      ({ jobs }) => delete jobs.deploy?.steps.find(({ uses }) => uses?.includes("checkout"))?.with?.ref,
    ],
    [
      "deploy moves traffic beside other workflows, or cuts them off",
      ({ concurrency = {} }) =>
        Object.assign(concurrency, { group: concurrency.group?.replace("'deploy'", "github.run_id") }),
    ],
    [
      "deploy moves traffic beside other workflows, or cuts them off",
      (w) => Object.assign(w.concurrency ?? {}, { "cancel-in-progress": true }),
    ],
  ])("are caught when %s", (sentence, spoil) => {
    const workflow = read("deploy");
    spoil(workflow);
    expect(wrongIn(workflow, targets, exists)).toEqual([sentence]);
  });
});

describe("what a workflow takes from others", () => {
  const texts = Object.fromEntries(paths.map((path) => [path, textOf(path)]));

  it("is pinned to its content, with the version that it is", () => {
    expect(pinsIn(texts)).toEqual([]);
  });

  const SHA = "a".repeat(40);
  it.each([
    [`uses: actions/checkout@${SHA}`, "w does not say which version of actions/checkout it uses"],
    [`uses: a/b@${SHA} # v1.2.3\nuses: a/b@${"b".repeat(40)} # v1.2.4`, "w uses another a/b than others"],
    [
      "docker run ghcr.io/aquasecurity/trivy:0.74.0",
      "w runs ghcr.io/aquasecurity/trivy:0.74.0, which may change under it",
    ],
  ])("is caught when it is not: %s", (text, sentence) => {
    expect(pinsIn({ w: text })).toEqual([sentence]);
  });

  it("is looked for newer versions of, wherever it is named", () => {
    const { updates } = parse(textOf(".github/dependabot.yml")) as {
      updates: { "package-ecosystem": string; directory?: string; directories?: string[] }[];
    };
    const watched = updates.flatMap(({ directory, directories = [directory ?? ""], ...one }) =>
      directories.map((folder) => `${one["package-ecosystem"]} ${folder}`),
    );
    const roots = filesBelow("terraform", /\/versions\.tf$|directory\/main\.tf$/).map((path) =>
      dirname(path),
    );
    expect(watched.sort()).toEqual(
      ["github-actions /", "npm /", ...roots.map((root) => `terraform /${root}`)].sort(),
    );
  });

  it("comes with a bill of materials, which every check keeps", () => {
    const steps = read("check").jobs.check?.steps ?? [];
    const made = steps.findIndex(({ run }) => run === "make sbom");
    const kept = steps.findIndex(
      ({ uses, with: given }) => uses?.includes("upload-artifact") && given?.path === "dist/sbom.cdx.json",
    );
    expect(made).toBeGreaterThan(steps.findIndex(({ run }) => run === ".ci/run"));
    expect(kept).toBeGreaterThan(made);
    expect(textOf("scripts/sbom.ts")).toContain('"dist/sbom.cdx.json"');
  });
});

describe("the lock files of Terraform", () => {
  const roots = ["terraform", "terraform/bootstrap", "terraform/directory"];
  const lock = (root: string): string => textOf(`${root}/.terraform.lock.hcl`);
  const versions = (root: string): string[] =>
    filesBelow(root, /^[^/]+(\/(bootstrap|directory))?\/[^/]+\.tf$/)
      .filter((path) => dirname(path) === root)
      .flatMap((path) => [...textOf(path).matchAll(/source\s+= "hashicorp\/aws"\n\s+version = "([^"]+)"/g)])
      .map(([, version = ""]) => version);

  it.each(roots)("hold the provider that is asked for, for every platform: %s", (root) => {
    const [version = ""] = versions(root);
    expect(versions(root)).toHaveLength(1);
    expect(lock(root)).toContain(`version     = "${version}"`);
    expect(lock(root)).toMatch(/"h1:[\w+/]{43}="/);
    // One checksum for each package that HashiCorp signed, whatever the platform.
    expect(lock(root).match(/"zh:[0-9a-f]{64}"/g)?.length).toBeGreaterThan(10);
  });

  it("are the same, and made anew and compared by a workflow", () => {
    expect(new Set(roots.map(lock)).size).toBe(1);
    const steps = read("supply-chain").jobs.provider?.steps.map(({ run }) => run) ?? [];
    expect(steps).toContain("make lock");
    expect(steps.at(-1)).toContain("! grep -E '^-[^-]' lock.diff");
    expect(textOf("Makefile")).toContain("-lockfile=readonly");
  });
});

describe("an answer to the policy scan", () => {
  const { misconfigurations } = parse(textOf(".trivyignore.yaml")) as {
    misconfigurations: { id: string; statement?: string; expired_at?: Date | string }[];
  };

  it("says why, and ends", () => {
    const wrong = misconfigurations.filter(
      ({ id, statement = "", expired_at }) =>
        !/^AWS-\d{4}$/.test(id) || statement.length < 40 || expired_at === undefined,
    );
    expect(wrong).toEqual([]);
    expect(read("supply-chain").jobs.policies?.steps.at(-1)?.run).toContain("--ignorefile .trivyignore.yaml");
  });
});

describe("the check of main", () => {
  it.each([true, expression("github.event_name == 'push'")])(
    "is caught when a merge cuts it off: cancel-in-progress %s",
    (cuts) => {
      const workflow = read("check");
      Object.assign(workflow.concurrency ?? {}, { "cancel-in-progress": cuts });
      expect(wrongIn(workflow, targets, exists)).toEqual(["a merge cuts off the run of the one before"]);
    },
  );
});

describe("reference data that is too old", () => {
  it("fails a job by the clock, and holds up no change", () => {
    const { on, jobs } = read("reference-data");
    expect(on).toMatchObject({ schedule: [{ cron: expect.any(String) }] });
    expect(jobs.currencies?.steps.at(-1)).toEqual({ run: "make currencies" });
    const makefile = textOf("Makefile");
    expect(makefile).toMatch(/^test:.*\n(\t.*\n)*\t@\$\(NODE\) scripts\/currencies\.ts --warn$/m);
    expect(makefile).toMatch(/^currencies:.*\n\t@\$\(NODE\) scripts\/currencies\.ts$/m);
  });
});

describe("a fork", () => {
  it.each([
    ["plan", "plan"],
    ["rollback", "rollback"],
    ["reference-data", "currencies"],
  ])("is caught when its %s would run", (name, job) => {
    for (const condition of [undefined, `${ASKS} || true`]) {
      const workflow = read(name);
      for (const one of Object.values(workflow.jobs)) Object.assign(one, { if: condition });
      expect(wrongIn(workflow, targets, exists)).toEqual([
        `${job} deploys from a repository that was never told to`,
      ]);
    }
  });
});

describe("a rollback", () => {
  it("is caught when it moves traffic beside a deploy", () => {
    const workflow = read("rollback");
    delete workflow.concurrency;
    expect(wrongIn(workflow, targets, exists)).toEqual([
      "rollback moves traffic beside other workflows, or cuts them off",
    ]);
  });
});

describe("a deploy of main", () => {
  const { jobs, on } = read("deploy");

  it("waits for the check of main", () => {
    expect(on).toMatchObject({
      workflow_run: { workflows: [read("check").name], types: ["completed"], branches: ["main"] },
    });
    expect(read("check").on).toMatchObject({ push: { branches: ["main"] } });
  });

  it("goes to one workspace at a time and stops at the first that fails", () => {
    expect(jobs.deploy?.strategy).toMatchObject({ "fail-fast": true, "max-parallel": 1 });
  });

  it("asks the approvals of the workspace that it goes to", () => {
    expect(jobs.deploy?.environment).toBe(expression("matrix.workspace"));
  });

  it("leaves the canary out where somebody asks for it by hand, and never by itself", () => {
    expect(on).toMatchObject({
      workflow_dispatch: { inputs: { at_once: { type: "boolean", default: false } } },
    });
    expect(jobs.deploy?.env?.AT_ONCE).toBe(expression("inputs.at_once && '1' || ''"));
  });

  it("goes only to workspaces that have settings, each once", () => {
    const order = jsonOf<string[]>("terraform/environments/order.json");
    expect(order.length).toBeGreaterThan(0);
    expect(order.filter((name) => !exists(`terraform/environments/${name}.tfvars`))).toEqual([]);
    expect(new Set(order).size).toBe(order.length);
  });

  it("reaches dev alone until somebody says more, and production last", () => {
    const order = jsonOf<string[]>("terraform/environments/order.json");
    expect(order).toEqual(["dev"]);
    const isProduction = order.map((name) => name.startsWith("prod"));
    expect(isProduction).toEqual([...isProduction].sort());
  });
});
