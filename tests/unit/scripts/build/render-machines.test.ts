import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "@jest/globals";
import { BuildFailed } from "../../../../scripts/build/output.ts";
import { machinesOf, render, renderMachines } from "../../../../scripts/build/render-machines.ts";

const lines = (...all: string[]): string => `${all.join("\n")}\n`;
const PATH = "statemachines/card-payment.asl.yaml";
const refused = (...all: string[]): string => {
  try {
    render(PATH, lines(...all));
  } catch (error) {
    if (error instanceof BuildFailed) return error.message;
    throw error;
  }
  return "rendered";
};

describe("a rendered machine", () => {
  it("has its states and fields in the order of the YAML", () => {
    const text = render(PATH, lines("States:", "  Z: { Next: A, Type: Task }", "  A: { Type: Pass }"));
    expect(text).toBe(
      lines(
        "{",
        '  "States": {',
        '    "Z": {',
        '      "Next": "A",',
        '      "Type": "Task"',
        "    },",
        '    "A": {',
        '      "Type": "Pass"',
        "    }",
        "  }",
        "}",
      ),
    );
  });

  it("says in full what its anchors carry", () => {
    const text = render(
      PATH,
      lines(
        "A: { Retry: [&again { ErrorEquals: [X], MaxAttempts: 2 }], <<: &quiet { ResultPath: null } }",
        "B: { Retry: [*again], <<: *quiet }",
      ),
    );
    const state = { Retry: [{ ErrorEquals: ["X"], MaxAttempts: 2 }], ResultPath: null };
    expect(JSON.parse(text)).toEqual({ A: state, B: state });
  });

  it("names the errors of a list inside of a list, and leaves other lists as they are", () => {
    const text = render(
      PATH,
      lines("A: { ErrorEquals: &doubt [X, Y] }", "B: { ErrorEquals: [Z, *doubt] }", "C: [[1], 2]"),
    );
    expect(JSON.parse(text)).toEqual({
      A: { ErrorEquals: ["X", "Y"] },
      B: { ErrorEquals: ["Z", "X", "Y"] },
      C: [[1], 2],
    });
  });

  it("breaks a list where it is longer than a line", () => {
    const names = Array.from({ length: 12 }, (_, index) => `ErrorNumber${index}`);
    expect(render(PATH, lines("A: [X, Y]"))).toBe(lines("{", '  "A": ["X", "Y"]', "}"));
    const text = render(PATH, lines(`A: [${names.join(", ")}]`, "B: []"));
    expect(text).toContain(lines('  "A": [', '    "ErrorNumber0",'));
    expect(text).toContain('  "B": []\n');
  });

  it("keeps the names of functions for Terraform", () => {
    const name = ["$", "{functions.post-ledger}"].join("");
    expect(JSON.parse(render(PATH, lines(`Resource: ${name}`)))).toEqual({ Resource: name });
  });
});

describe("a machine's file is refused, with its line, for", () => {
  it.each([
    ["an alias that nothing names", ["A: 1", "B: *doubt"], "2: *doubt names nothing above it"],
    ["an alias before its anchor", ["A: *doubt", "B: &doubt 1"], "1: *doubt names nothing above it"],
    ["an anchor of two things", ["A: &x 1", "B: &x 2", "C: *x"], "2: &x names two things"],
    [
      "a field that stands twice",
      ["A:", "  Type: Task", "  Next: B", "  Type: Pass"],
      "4: Type stands twice in one map",
    ],
    [
      "a state that stands twice",
      ["States:", "  Pay: { End: true }", "  Pay: { End: true }"],
      "3: Pay stands twice in one map",
    ],
    ["a tab", ["A:", "\tB: 1"], "2: a tab: indent with spaces"],
    ["a tab behind a value", ["A: 1", "B: 1\t# why"], "2: a tab: indent with spaces"],
    ["a merge of what is no map", ["A: &x [1]", "B:", "  <<: *x"], "3: << takes in a map and nothing else"],
    ["a tag", ["A: !Sub x"], "1: Unresolved tag: !Sub"],
    ["what is no YAML", ["A: [1", "B: 2"], "2: "],
  ])("%s", (_, text, sentence) => {
    expect(refused(...text)).toContain(`${PATH}:${sentence}`);
  });

  it("several mistakes at once, each with its own line", () => {
    expect(refused("A: *x", "B: 1", "C: *y").split("\n")).toHaveLength(2);
  });
});

describe("the machines of a repository", () => {
  let root: string;
  const rendered = (): string[] => readdirSync(join(root, "dist/statemachines")).sort();

  beforeEach(() => {
    root = mkdtempSync(join(tmpdir(), "contra-machines-"));
    mkdirSync(join(root, "statemachines"));
    writeFileSync(join(root, "statemachines/b.asl.yaml"), "StartAt: B\n");
    writeFileSync(join(root, "statemachines/a.asl.yaml"), "StartAt: A\n");
    writeFileSync(join(root, "statemachines/named-functions.json"), "{}");
  });
  afterEach(() => rmSync(root, { recursive: true }));

  it("are its .asl.yaml files, by name", () => {
    expect([...machinesOf(root).keys()]).toEqual(["a", "b"]);
  });

  it("are written as they are given to everybody else", () => {
    renderMachines(root);
    expect(rendered()).toEqual(["a.asl.json", "b.asl.json"]);
    expect(readFileSync(join(root, "dist/statemachines/a.asl.json"), "utf8")).toBe(machinesOf(root).get("a"));
  });

  it("leave nothing behind when they go", () => {
    renderMachines(root);
    rmSync(join(root, "statemachines/b.asl.yaml"));
    renderMachines(root);
    expect(rendered()).toEqual(["a.asl.json"]);
  });

  it("leave alone what another build is writing, and do not count it as theirs", () => {
    expect(renderMachines(root)).toEqual(["a.asl.json", "b.asl.json"]);
    writeFileSync(join(root, "dist/statemachines/a.asl.json.4242"), "half of");
    writeFileSync(join(root, "dist/statemachines/gone.asl.json"), "{}");
    expect(renderMachines(root)).toEqual(["a.asl.json", "b.asl.json"]);
    expect(rendered()).toEqual(["a.asl.json", "a.asl.json.4242", "b.asl.json"]);
  });

  it("are written all or none", () => {
    writeFileSync(join(root, "statemachines/b.asl.yaml"), "StartAt: *b\n");
    expect(() => renderMachines(root)).toThrow("statemachines/b.asl.yaml:1: *b names nothing above it");
    expect(existsSync(join(root, "dist"))).toBe(false);
  });
});
