// One name for one thing: a script's entry, its make target and its folder; and make looks at
// nothing outside of this checkout.
import { execFileSync } from "node:child_process";
import { readdirSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "@jest/globals";
import { foldersIn, makeTargets, REPOSITORY, textOf } from "./rules/source-tree.ts";

const GROUPS = ["Try", "Develop", "Prove", "Deploy", "Operate"];
/**
 * Folders without an entry: what several scripts share, and the local cloud, which `run` starts.
 */
const SHARED = ["lib", "local"];

const makefile = textOf("Makefile");
const entries = readdirSync(join(REPOSITORY, "scripts"), { withFileTypes: true })
  .filter((entry) => entry.isFile())
  .map(({ name }) => name.replace(/\.\w+$/, ""));

/** The targets of the help, by the group that they stand in; `""` above the first group. */
function helpByGroup(text: string): Record<string, string[]> {
  const groups: Record<string, string[]> = {};
  let group = "";
  for (const line of text.split("\n")) {
    group = /^##@ (.+)$/.exec(line)?.[1] ?? group;
    const target = /^([a-z][a-z0-9_-]*):.*## /.exec(line)?.[1];
    if (target) groups[group] = [...(groups[group] ?? []), target];
  }
  return groups;
}

/** The line that starts the target's script, as make would run it. Nothing is run. */
function recipeOf(target: string, ...variables: string[]): string {
  // Without the variables of a make that runs this test.
  const env = { PATH: process.env.PATH };
  const printed = execFileSync("make", ["-n", target, ...variables], {
    cwd: REPOSITORY,
    env,
    encoding: "utf8",
    stdio: "pipe",
  });
  return printed.split("\n").find((line) => line.includes(`scripts/${target}.ts`)) ?? "";
}

describe("make", () => {
  it("groups its targets by what somebody is up to", () => {
    const groups = helpByGroup(makefile);
    expect(Object.keys(groups)).toEqual(GROUPS);
    expect(helpByGroup("stray: ## Nobody finds it\n")).toEqual({ "": ["stray"] });
  });

  it("prints no line that a terminal of 120 columns would break", () => {
    const lines = [...makefile.matchAll(/^([a-z][a-z0-9_-]*):.*## (.*)$/gm)];
    expect(lines.filter(([, , says = ""]) => says.length + 17 > 120).map(([, target]) => target)).toEqual([]);
  });

  it("looks at nothing beside the checkout", () => {
    expect(makefile.match(/\.\.\/\S*/g)).toBeNull();
  });

  it.each(["place", "policy", "migrate-accounts"])(
    "%s takes the merchant that is named, or none",
    (target) => {
      expect(recipeOf(target)).toContain('MERCHANT="" ');
      expect(recipeOf(target, "MERCHANT=m2")).toContain('MERCHANT="m2" ');
    },
  );

  it("gives a token to the merchant that is named, or to a default one, as one word", () => {
    expect(recipeOf("token")).toContain('MERCHANT="m1" ');
    expect(recipeOf("token", "MERCHANT=a b")).toContain('MERCHANT="a b" ');
  });

  it("silences Node's warnings about itself in every recipe", () => {
    const bare = /^\t.*(?<![\w/.$(])node (?!-p)/gm;
    expect(makefile.match(bare)).toBeNull();
    expect("\t@node scripts/demo.ts".match(bare)).not.toBeNull();
  });
});

describe("a script", () => {
  it.each(entries)("%s is what make knows by its name", (entry) => {
    expect(makeTargets()).toContain(entry);
  });

  it("has a folder of its name, or none", () => {
    const folders = foldersIn("scripts").filter((folder) => !SHARED.includes(folder));
    expect(folders.filter((folder) => !entries.includes(folder))).toEqual([]);
  });
});
