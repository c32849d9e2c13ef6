// What the pages say of the repository is true: links, files, commands and proofs exist, and every
// page can be found.
import { existsSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "@jest/globals";
import { machinesOf } from "../../scripts/build/render-machines.ts";
import { functionList, resourceList, statesOf } from "../../scripts/views/tables.ts";
import { manifest } from "./rules/manifest.ts";
import {
  deadLinks,
  missingFiles,
  missingProofs,
  missingTargets,
  type Page,
  type Repository,
} from "./rules/page-rules.ts";
import { filesAtTheTop, filesBelow, makeTargets, REPOSITORY, textOf } from "./rules/source-tree.ts";

const repository: Repository = {
  exists: (path) => existsSync(join(REPOSITORY, path)),
  textOf,
  targets: makeTargets(),
  proofs: new Set(
    readdirSync(join(REPOSITORY, "tests/proofs"))
      .filter((name) => name.endsWith(".ts") && name !== "run.ts")
      .map((name) => name.replace(/\.ts$/, "")),
  ),
};
const pages: Page[] = [...filesAtTheTop(/^[A-Z]+\.md$/), ...filesBelow("docs", /\.md$/)].map((path) => ({
  path,
  text: textOf(path),
}));
const page = (text: string): Page => ({ path: "docs/page.md", text });

describe.each(pages)("$path", (each) => {
  it("links to what is there", () => {
    expect(deadLinks(each, repository)).toEqual([]);
  });

  it("names files, commands and proofs that exist", () => {
    expect(missingFiles(each, repository)).toEqual([]);
    expect(missingTargets(each, repository)).toEqual([]);
    expect(missingProofs(each, repository)).toEqual([]);
  });

  it("names nothing of the machine on which it was written", () => {
    expect(each.text.match(/\/(work|home|root|tmp|Users)\/\S*/g)).toBeNull();
  });
});

describe("a page", () => {
  it("can be reached from the README", () => {
    const readme = textOf("README.md");
    const docs = pages.filter(({ path }) => path.startsWith("docs/"));
    expect(docs.filter(({ path }) => !readme.includes(`](${path})`)).map(({ path }) => path)).toEqual([]);
  });

  it.each([
    ["a file that is gone", "[x](gone.md)", deadLinks],
    ["a heading that is gone", "[x](security.md#gone)", deadLinks],
    ["a heading of its own that is gone", "# Here\n[x](#there)", deadLinks],
    ["a file in code font that is gone", "see `tests/unit/gone.test.ts`", missingFiles],
    ["a folder of files that is gone", "see `terraform/gone/*.tf`", missingFiles],
    ["a target that make does not know", "run `make gone`", missingTargets],
    ["a second proof that does not exist", "proofs `seeds` and `gone`", missingProofs],
  ])("is caught when it names %s", (_, text, rule) => {
    expect(rule(page(text), repository)).toHaveLength(1);
  });

  it.each([
    ["a heading", "# Two words: here\n[x](#two-words-here)", deadLinks],
    ["a link inside of a diagram", "```mermaid\na[b](gone.md)\n```", deadLinks],
    ["the web", "[x](https://example.com/gone)", deadLinks],
    ["files by a star", "see `schemas/events/*.json`", missingFiles],
    ["a make target with a variable", "run `make token MERCHANT=m1`", missingTargets],
  ])("may name %s", (_, text, rule) => {
    expect(rule(page(text), repository)).toEqual([]);
  });
});

/** Kinds of items by how their keys begin; shards of an index are no items. */
const kindsOf = (code: string): string[] =>
  [...code.matchAll(/(?<=[`"])([A-Z]+)(?:#\$\{|#")/g)]
    .map(([, kind = ""]) => kind)
    .filter((kind) => !["OPEN", "TRANSIT", "ACCOUNTS"].includes(kind));
const missingKinds = (code: string, text: string): string[] =>
  kindsOf(code).filter((kind) => !text.includes(`\`${kind}#`));

describe("the tables' items in docs/architecture.md", () => {
  const code = filesBelow("functions/lib/adapters", /\.ts$/)
    .filter((path) => !/dynamodb-(books|directory)\.ts$/.test(path))
    .map(textOf)
    .join("\n");

  it("are all that the adapters write", () => {
    expect(new Set(kindsOf(code)).size).toBeGreaterThan(8);
    expect(missingKinds(code, textOf("docs/architecture.md"))).toEqual([]);
  });

  it("are caught when an adapter has one more", () => {
    expect(missingKinds('const key = "REFUND#";', textOf("docs/architecture.md"))).toEqual(["REFUND"]);
  });
});

describe("the lists of docs/views.md", () => {
  const Resource = ["$", "{functions.a}"].join("");
  const machine = JSON.stringify({ States: { A: { Resource }, Done: { Type: "Succeed" } } });

  it("say which states run a function, in every machine", () => {
    expect(
      statesOf(
        new Map([
          ["one", machine],
          ["two", machine],
        ]),
      ).get("a"),
    ).toEqual(["one: A", "two: A"]);
  });

  it("leave no function without a caller", () => {
    const silent = (list: string): string[] =>
      list.split(/\n(?=- )/).filter((entry) => !entry.includes("\n  - called by "));
    const list = functionList(manifest, machinesOf(REPOSITORY));
    expect(list.match(/^- /gm)).toHaveLength(Object.keys(manifest.functions).length);
    expect(silent(list)).toEqual([]);
    expect(silent(functionList(manifest, new Map())).join()).toContain("validate-payment");
  });

  it("take a component's purpose from its file, and refuse a file that has none", () => {
    const text = '# The queues: all of them.\n\nresource "aws_sqs_queue" "queue" {}\n';
    expect(resourceList([{ path: "queues.tf", text }])).toBe(
      "- [`queues.tf`](../terraform/queues.tf): The queues\n  - `aws_sqs_queue.queue`",
    );
    const silent = { path: "a.tf", text: 'resource "aws_sqs_queue" "queue" {}' };
    expect(() => resourceList([silent])).toThrow("does not begin by saying");
  });
});
