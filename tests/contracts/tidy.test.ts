// The tree is tidy: lines fit a terminal, nothing points to what no clone has, and every folder is
// a room whose use is written down.
import { existsSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "@jest/globals";
import { anchorsOf } from "./rules/page-rules.ts";
import { folders, roomsIn, unlisted, withoutFolder } from "./rules/rooms.ts";
import { filesAtTheTop, filesBelow, REPOSITORY, type Source, textOf } from "./rules/source-tree.ts";
import {
  danglingReferences,
  lostHeadings,
  WIDEST_CELL,
  WIDEST_COMMENT,
  WIDEST_PAGE,
  wideCells,
  wideComments,
  widePageLines,
} from "./rules/tidy-rules.ts";

const ROOTS = ["functions", "schemas", "scripts", "statemachines", "terraform", "tests", "docs", ".github"];
const AT_THE_TOP = /^(Makefile|[a-z.]+\.(json|mjs)|[A-Z]+\.md|\.gitignore|\.npmrc)$/;

const sources = (paths: string[]): Source[] => paths.map((path) => ({ path, text: textOf(path) }));
const code = sources(
  ["functions", "scripts", "tests", "terraform"].flatMap((root) =>
    filesBelow(root, /\.(ts|cts|cjs|mjs|tf|hcl|tfvars|sh)$/),
  ),
);
const pages = sources([...filesAtTheTop(/^[A-Z]+\.md$/), ...filesBelow("docs", /\.md$/)]);
const everything = sources([
  ...filesAtTheTop(AT_THE_TOP),
  ...ROOTS.flatMap((root) =>
    filesBelow(root, /\.(ts|cts|cjs|mjs|json|jsonl|tf|hcl|tfvars|sh|md|ya?ml|txt)$/),
  ),
]);

const source = (text: string, path = "a.ts"): Source => ({ path, text });
const stars = (count: number): string => "*".repeat(count);

describe("a comment", () => {
  it(`has at most ${WIDEST_COMMENT} columns`, () => {
    expect(code.length).toBeGreaterThan(500);
    expect(code.flatMap(wideComments)).toEqual([]);
  });

  it.each([
    ["TypeScript", `// ${stars(98)}`],
    ["a block", `  * ${stars(97)}`],
    ["Terraform or a shell", `# ${stars(99)}`],
  ])("is caught when it is wider, in %s", (_, text) => {
    expect(wideComments(source(text))).toEqual(["a.ts:1: a comment of 101 columns"]);
  });

  it("is measured in columns, and code is not measured", () => {
    expect(wideComments(source(`// ${"→".repeat(97)}`))).toEqual([]);
    expect(wideComments(source(`const wide = "${stars(120)}";`))).toEqual([]);
  });
});

describe("a document", () => {
  it(`has lines of at most ${WIDEST_PAGE} columns, and cells of at most ${WIDEST_CELL} characters`, () => {
    expect(pages.map(({ path }) => path)).toEqual(
      expect.arrayContaining(["README.md", "docs/architecture.md"]),
    );
    expect(pages.flatMap(widePageLines)).toEqual([]);
    expect(pages.flatMap(wideCells)).toEqual([]);
  });

  it("is caught when a line or a cell is wider", () => {
    expect(widePageLines(source(`a\n${stars(161)}`, "a.md"))).toEqual(["a.md:2: a line of 161 columns"]);
    expect(wideCells(source(`| a | ${"b".repeat(65)} |`, "a.md"))).toEqual([
      "a.md:1: a cell of 65 characters",
    ]);
  });

  it("may have a long link in a cell, and a long line of a diagram between bars", () => {
    expect(wideCells(source(`| [a](${"b".repeat(70)}) | \`c\` |`, "a.md"))).toEqual([]);
    expect(wideCells(source(`\`\`\`\n| ${"b".repeat(70)} |\n\`\`\``, "a.md"))).toEqual([]);
  });
});

describe("a reference", () => {
  const hasHeading = (page: string, anchor: string): boolean =>
    existsSync(join(REPOSITORY, page)) && anchorsOf(textOf(page)).includes(anchor);

  it("leads to what every clone has", () => {
    expect(everything.length).toBeGreaterThan(700);
    expect(everything.flatMap(danglingReferences)).toEqual([]);
  });

  it("to a heading of a document finds it", () => {
    const citing = everything.filter(({ path }) => path !== "tests/contracts/tidy.test.ts");
    expect(citing.filter(({ text }) => text.includes("docs/architecture.md#")).length).toBeGreaterThan(10);
    expect(citing.flatMap((one) => lostHeadings(one, hasHeading))).toEqual([]);
  });

  it("is caught when it leads elsewhere", () => {
    expect(danglingReferences(source(`// (${["DESIGN", "§4"].join(" ")})`))).toHaveLength(1);
    expect(danglingReferences(source(["..", "shared", "a.sh"].join("/")))).toHaveLength(1);
    expect(danglingReferences(source("// the design of §4 is shared"))).toEqual([]);
    expect(lostHeadings(source("// docs/architecture.md#gone"), hasHeading)).toHaveLength(1);
    expect(lostHeadings(source("// docs/gone.md#the-sagas"), hasHeading)).toHaveLength(1);
  });
});

describe("a folder", () => {
  const page = textOf("CONTRIBUTING.md");
  const all = folders();

  it("is a room of CONTRIBUTING.md, with a sentence that says what belongs there", () => {
    expect(all).toEqual(
      expect.arrayContaining(["docs", "functions/capture-payment", "tests/contracts/rules"]),
    );
    expect(roomsIn(page).size).toBeGreaterThan(50);
    expect(unlisted(all, page)).toEqual([]);
  });

  it("is there for every room", () => {
    expect(withoutFolder(all, page)).toEqual([]);
  });

  it.each(["functions/helpers", "functions/lib/helpers", "scripts/local/s3", "attic"])(
    "is refused when nobody says what belongs there: %s",
    (folder) => {
      expect(unlisted([...all, folder], page)).toEqual([folder]);
    },
  );

  it("is missed when the page keeps a room that is gone, and a room needs its sentence", () => {
    expect(withoutFolder(all, "- `functions/lib/attic/`: old things.")).toEqual(["functions/lib/attic"]);
    expect(roomsIn("- `functions/lib/attic/`").size).toBe(0);
  });
});
