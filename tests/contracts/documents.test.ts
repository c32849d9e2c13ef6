// What the pages say of the repository is true: links, files, commands and proofs exist, and every
// page can be found.
import { existsSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "@jest/globals";
import { machinesOf } from "../../scripts/build/render-machines.ts";
import { functionList, resourceList, statesOf } from "../../scripts/views/tables.ts";
import { blocksOf, keepsPromise, startIn } from "../proofs/lib/page-script.ts";
import { manifest } from "./rules/manifest.ts";
import {
  deadLinks,
  indexComplaints,
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

describe("a page that is followed as a script", () => {
  const script =
    "```bash\nmake run\n```\n\n```bash\necho a b\n```\n\n```text\na …\n```\n\n```sh\nrm x\n```\n";

  it("is its bash blocks, each with what it prints", () => {
    expect(blocksOf(script)).toEqual([
      { command: "make run\n", promised: undefined },
      { command: "echo a b\n", promised: "a …\n" },
    ]);
    expect(blocksOf(textOf("docs/tutorial.md")).length).toBeGreaterThan(15);
  });

  it("starts a stack where it says make run, with the settings that stand before it", () => {
    expect(startIn("make run\n")).toEqual({});
    expect(startIn("CONTRA_TIME_SCALE=4 make run")).toEqual({ CONTRA_TIME_SCALE: "4" });
    expect(startIn("make runs")).toBeUndefined();
    expect(startIn("echo make run")).toBeUndefined();
  });

  it.each([
    ["the same words", "a 1\nb", "a 1\n b\n"],
    ["anything where it is cut", "id …, b", "id 4711, b"],
    ["nothing where it is cut", "… a\n… b", "a\nb\n"],
    ["signs as they are", "[a.b] (c)?", "[a.b] (c)?"],
  ])("keeps its promise with %s", (_, promised, seen) => {
    expect(keepsPromise(promised, seen)).toBe(true);
  });

  it.each([
    ["another word", "a 1", "a 2"],
    ["more than was promised", "a", "a b"],
    ["less than was promised", "a … b", "a"],
    ["what only looks the same", "a.b", "axb"],
  ])("breaks it with %s", (_, promised, seen) => {
    expect(keepsPromise(promised, seen)).toBe(false);
  });
});

describe("the index of docs/decisions.md", () => {
  const decisions = page(textOf("docs/decisions.md"));
  const entry = "\n## 2026-01-02 · A\n\n## 2026-01-01 · B\n";

  it("has every decision in its order, with its status", () => {
    expect(decisions.text.match(/^## \d/gm)?.length).toBeGreaterThan(100);
    expect(indexComplaints(decisions)).toEqual([]);
  });

  it("says what replaced a decision", () => {
    const by = "- _replaced_ · 2026-01-01 · B\n  - by [A](#2026-01-02--a)\n";
    expect(indexComplaints(page(`- _stands_ · 2026-01-02 · A\n${by}${entry}`))).toEqual([]);
  });

  it.each([
    ["a decision is missing", "- _stands_ · 2026-01-02 · A\n", 2],
    ["it names one that is gone", "- _stands_ · 2026-01-02 · A\n- _stands_ · 2026-01-01 · C\n", 3],
    ["the order is another", "- _stands_ · 2026-01-01 · B\n- _stands_ · 2026-01-02 · A\n", 1],
    ["nothing replaced it", "- _stands_ · 2026-01-02 · A\n- _replaced_ · 2026-01-01 · B\n", 1],
  ])("is caught when %s", (_, index, complaints) => {
    expect(indexComplaints(page(`${index}${entry}`))).toHaveLength(complaints);
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
