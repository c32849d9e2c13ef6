// How a command finds the stack of this laptop.
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "@jest/globals";
import { runningStack } from "../../../../scripts/lib/running-stack.ts";

let home: string;

beforeEach(() => {
  home = mkdtempSync(join(tmpdir(), "contra-home-"));
});

afterEach(() => rmSync(home, { recursive: true }));

describe("the running stack", () => {
  it("is where its home says that it is", () => {
    const stack = { url: "http://localhost:4711", pid: process.pid, parts: {} };
    writeFileSync(join(home, "stack.json"), JSON.stringify(stack));
    expect(runningStack(home)).toEqual(stack);
  });

  it.each([
    ["no stack has said anything", undefined],
    ["what it says was cut off", '{ "url":'],
    ["the stack was killed and left its file behind", `{ "url": "http://localhost:1", "pid": ${2 ** 30} }`],
  ])("is missing with what to do when %s", (_, text) => {
    if (text) writeFileSync(join(home, "stack.json"), text);
    expect(() => runningStack(home)).toThrow(`no stack runs on ${home}: start one with \`make run\``);
  });
});
