import { describe, expect, it } from "@jest/globals";
import { causesIn, ProgressReporter } from "./progress-reporter.ts";

const ROOT = "/repository";
const TOTALS = {
  numTotalTestSuites: 12,
  numFailedTestSuites: 1,
  numPassedTests: 3,
  numFailedTests: 2,
  numPendingTests: 0,
  startTime: Date.now(),
};
const NO_JAVA = "    Java is missing\n\n      at start (tests/support/local-part.ts:1:1)\n";

const resultOf = (name: string, failures: [title: string, text: string][] = [], passing = 1) => ({
  testFilePath: `${ROOT}/tests/${name}.test.ts`,
  failureMessage: failures.map(([title, text]) => `  ● ${title}\n\n${text}\n`).join(""),
  numFailingTests: failures.length,
  numPassingTests: passing,
  numPendingTests: 0,
  perfStats: { start: 0, end: 1_500 },
  testResults: failures.map(([fullName]) => ({ status: "failed", fullName })),
});

function printedBy(run: (reporter: ProgressReporter) => void): string {
  const lines: string[] = [];
  const reporter = new ProgressReporter({ rootDir: ROOT }, {}, {}, (line) => lines.push(line));
  reporter.onRunStart(TOTALS);
  run(reporter);
  reporter.onRunComplete([], TOTALS);
  return lines.join("\n");
}

describe("the progress of a run", () => {
  it("is a line per file, with how many of how many are done", () => {
    const printed = printedBy((reporter) => {
      reporter.onTestFileResult(undefined, resultOf("unit/a"));
      reporter.onTestFileResult(undefined, resultOf("unit/b"));
    });
    expect(printed).toContain("[ 1/12] pass    1.5 s  tests/unit/a.test.ts  1\n");
    expect(printed).toContain("[ 2/12] pass    1.5 s  tests/unit/b.test.ts  1\n");
    expect(printed).not.toContain("FAIL");
  });

  it("ends with the names of what failed, and with no list when nothing did", () => {
    const failing = resultOf("unit/a", [["a card is refused", "    expected 1\n"]]);
    const printed = printedBy((reporter) => reporter.onTestFileResult(undefined, failing));
    expect(printed).toContain("[ 1/12] FAIL    1.5 s  tests/unit/a.test.ts  1 of 2 failed\n");
    expect(printed).toContain("failed:\n  tests/unit/a.test.ts › a card is refused\n");
    expect(printedBy(() => undefined)).not.toContain("failed:");
  });

  it("names a file that could not be run at all", () => {
    const broken = { ...resultOf("unit/a", [], 0), testExecError: new Error("no such module") };
    const printed = printedBy((reporter) => reporter.onTestFileResult(undefined, broken));
    expect(printed).toContain("tests/unit/a.test.ts › could not be run");
  });
});

describe("a cause of failure", () => {
  it("is printed once for all the tests of a file that failed by it", () => {
    const tests = ["a payment", "a capture", "a void"].map((title): [string, string] => [title, NO_JAVA]);
    const printed = printedBy((reporter) =>
      reporter.onTestFileResult(undefined, resultOf("integration/a", tests, 0)),
    );
    expect(printed.split("Java is missing")).toHaveLength(2);
    expect(printed).toContain("● a payment\n    and 2 more of this file, for the same cause\n");
    for (const title of ["a payment", "a capture", "a void"])
      expect(printed).toContain(`tests/integration/a.test.ts › ${title}`);
  });

  it("is another one where its words are others", () => {
    const message = `  ● a payment\n\n${NO_JAVA}\n  ● a capture\n\n    Java is too old\n\n`;
    expect(causesIn(message).map(({ titles }) => titles)).toEqual([["a payment"], ["a capture"]]);
  });

  it("is found in colours too", () => {
    const bullet = (title: string) =>
      `\u001b[1m\u001b[31m  \u001b[1m● \u001b[22m\u001b[1m${title}\u001b[39m\u001b[22m`;
    const message = `${bullet("a payment")}\n\n${NO_JAVA}\n${bullet("a capture")}\n\n${NO_JAVA}\n`;
    expect(causesIn(message)).toHaveLength(1);
    expect(causesIn(message)[0]?.titles).toHaveLength(2);
  });
});
