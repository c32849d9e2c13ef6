// GitHub's part of the way to AWS: what runs when, with which rights, and one cell after the other.
import { existsSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "@jest/globals";
import { filesBelow, jsonOf, makeTargets, REPOSITORY, textOf } from "./source-tree.ts";
import { type Workflow, workflowFrom, wrongIn } from "./workflow-rules.ts";

const paths = filesBelow(".github/workflows", /\.yml$/);
const targets = makeTargets();
const exists = (path: string): boolean => existsSync(join(REPOSITORY, path));
/** As GitHub writes a value into the workflow. */
const expression = (of: string): string => `\${{ ${of} }}`;
const read = (name: string): Workflow => workflowFrom(textOf(`.github/workflows/${name}.yml`));

describe("the workflows", () => {
  it("are those that the documents speak of", () => {
    expect(paths.map((path) => path.split("/").at(-1))).toEqual([
      "check.yml",
      "deploy.yml",
      "plan.yml",
      "rollback.yml",
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
      "deploy uses actions/checkout@v4, which may change under it",
      ({ jobs }) =>
        jobs.deploy?.steps.push({ uses: "actions/checkout@v4", with: { "persist-credentials": false } }),
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
  ])("are caught when %s", (sentence, spoil) => {
    const workflow = read("deploy");
    spoil(workflow);
    expect(wrongIn(workflow, targets, exists)).toEqual([sentence]);
  });
});

describe("a deploy of main", () => {
  const { jobs } = read("deploy");

  it("goes to one workspace at a time and stops at the first that fails", () => {
    expect(jobs.deploy?.strategy).toMatchObject({ "fail-fast": true, "max-parallel": 1 });
  });

  it("asks the approvals of the workspace that it goes to", () => {
    expect(jobs.deploy?.environment).toBe(expression("matrix.workspace"));
  });

  it("goes only to workspaces that have settings, each once", () => {
    const order = jsonOf<string[]>("terraform/environments/order.json");
    expect(order.length).toBeGreaterThan(0);
    expect(order.filter((name) => !exists(`terraform/environments/${name}.tfvars`))).toEqual([]);
    expect(new Set(order).size).toBe(order.length);
  });

  it("reaches production last", () => {
    const isProduction = jsonOf<string[]>("terraform/environments/order.json").map((name) =>
      name.startsWith("prod"),
    );
    expect(isProduction).toEqual([...isProduction].sort());
  });

  it("leaves no workspace behind that has settings", () => {
    const order = jsonOf<string[]>("terraform/environments/order.json");
    const settings = filesBelow("terraform/environments", /\.tfvars$/).map((path) =>
      path.replace(/^.*\/|\.tfvars$/g, ""),
    );
    expect([...order].sort()).toEqual(settings);
  });
});
