// The closing line of .ci/run: counted from what make printed, which is stood in for here.
import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "@jest/globals";
import { describeFailures } from "../proofs/lib/claims.ts";
import { ProgressReporter } from "../support/progress-reporter.ts";
import { REPOSITORY } from "./rules/source-tree.ts";

let bin: string;

beforeAll(() => {
  bin = mkdtempSync(join(tmpdir(), "contra-ci-"));
  const make = '#!/bin/sh\necho "make $*"\nprintf "%s" "$PRINTED"\nexit "$STATUS"\n';
  for (const [tool, script] of Object.entries({ make, java: "#!/bin/sh\n" }))
    writeFileSync(join(bin, tool), script, { mode: 0o755 });
});

afterAll(() => rmSync(bin, { recursive: true }));

function ci(printed: string[], exit = 0, env: Record<string, string> = {}) {
  const { stdout, status } = spawnSync(join(REPOSITORY, ".ci/run"), {
    env: {
      ...process.env,
      PATH: `${bin}:${process.env.PATH}`,
      PRINTED: printed.map((line) => `${line}\n`).join(""),
      STATUS: String(exit),
      ...env,
    },
    encoding: "utf8",
  });
  const lines = stdout.trimEnd().split("\n");
  return { asked: lines[0], closing: lines.at(-1), status };
}

/** What the reporter prints at the end of a run. */
function reported(numPassedTests: number, numFailedTests: number): string[] {
  const lines: string[] = [];
  const reporter = new ProgressReporter({ rootDir: REPOSITORY }, {}, {}, (line) => lines.push(line));
  reporter.onRunComplete(new Set(), {
    numTotalTestSuites: 1,
    numFailedTestSuites: numFailedTests > 0 ? 1 : 0,
    numPassedTests,
    numFailedTests,
    numPendingTests: 0,
    startTime: 0,
  });
  return lines.flatMap((line) => line.split("\n"));
}

const TERRAFORM = ["Success! 24 passed, 0 failed.", "Success! 6 passed, 0 failed."];
/** A figure of a proof may be named as an end of payments is. */
const PROOFS = ["one-key", "  holds", "conversions", "  FAILED, undone  2", "  FAILED  1", "  holds"];
/** One proof, however many of its claims fail. */
const FAILED_PROOF = describeFailures(
  ["one payment", "one capture"].map((claim) => ({ claim, expected: "1", seen: "2", about: "m1", times: 1 })),
).map((line) => `  ${line}`);

describe("the closing line", () => {
  it("counts tests, plans, Terraform's tests and proofs", () => {
    const { closing, status } = ci([...reported(300, 0), ...reported(20, 0), ...TERRAFORM, ...PROOFS]);
    expect(closing).toBe("352 passed, 0 failed");
    expect(status).toBe(0);
  });

  it("counts what failed, each once", () => {
    const terraform = ["Failure! 5 passed, 2 failed."];
    const { closing, status } = ci([...reported(300, 3), ...terraform, ...FAILED_PROOF], 2);
    expect(closing).toBe("305 passed, 6 failed");
    expect(status).toBe(2);
  });

  it("says that something failed where nothing that counts did", () => {
    expect(ci(["error TS2322"], 1).closing).toBe("0 passed, 1 failed");
  });
});

describe("make", () => {
  it("is told what stands beside the checkout, or what somebody names", () => {
    const named = { TF_PLUGIN_DIR: "/plugins", E2E_EMULATOR: "/emulator/up.sh" };
    expect(ci([], 0, named).asked).toBe(
      "make --no-print-directory check TF_PLUGIN_DIR=/plugins E2E_EMULATOR=/emulator/up.sh",
    );
  });
});
