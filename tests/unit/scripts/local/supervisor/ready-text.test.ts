// What a person reads once the stack is up.
import { join } from "node:path";
import { describe, expect, it } from "@jest/globals";
import { contentsText } from "../../../../../scripts/local/supervisor/home-contents.ts";
import { type Ready, readyText } from "../../../../../scripts/local/supervisor/ready-text.ts";

const READY: Ready = {
  url: "http://localhost:3000",
  home: join(process.cwd(), ".contra"),
  milliseconds: 4_210,
  timeScale: "1",
  contents: undefined,
  openPort: undefined,
  isQuiet: false,
};
const text = (ready: Partial<Ready> = {}) => readyText({ ...READY, ...ready });

describe("the ready text", () => {
  it("begins with the line that tools wait for", () => {
    expect(text()).toMatch(/^Contra is ready on http:\/\/localhost:3000 \(4\.2 s, /);
  });

  it("names the home where it is another than the usual one, and the token finds it there", () => {
    expect(text()).toContain("TOKEN=$(make -s token)\n");
    expect(text({ home: "/elsewhere/home" })).toContain("make -s token CONTRA_HOME=/elsewhere/home)");
  });

  it("warns of an open port, and only then", () => {
    expect(text({ openPort: 4711 })).toContain("listens on port 4711 of every address");
    expect(text()).not.toContain("DynamoDB Local");
  });

  it("announces the lines that follow, unless none do", () => {
    expect(text()).toContain("QUIET=1");
    expect(text({ isQuiet: true })).not.toContain("QUIET");
  });
});

describe("what a home holds", () => {
  it.each([
    [undefined, "is new: no payments yet."],
    [{ byStatus: {}, isAll: true }, "holds no payments yet."],
    [{ byStatus: { COMPLETED: 1 }, isAll: true }, "holds 1 payment: 1 COMPLETED."],
    [
      { byStatus: { IN_REVIEW: 2, COMPLETED: 10, FAILED: 1 }, isAll: true },
      "holds 13 payments: 10 COMPLETED, 1 FAILED, 2 IN_REVIEW. 2 are parked: a person must look (docs/runbook.md).",
    ],
    [{ byStatus: { COMPLETED: 9_000 }, isAll: false }, "holds at least 9000 payments: 9000 COMPLETED."],
  ])("is told of %j", (contents, told) => {
    expect(contentsText(contents)).toBe(told);
  });
});
