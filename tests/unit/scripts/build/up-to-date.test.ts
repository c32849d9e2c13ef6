// When work is done again, and what a stamp survives.
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "@jest/globals";
import { unlessUpToDate } from "../../../../scripts/build/up-to-date.ts";

let root: string;
let done: number;

const WORK = { name: "sums", from: ["numbers", "rule.txt"] };

beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), "contra-stamp-"));
  done = 0;
  write("numbers/one.txt", "1");
});

afterEach(() => rmSync(root, { recursive: true }));

function write(path: string, text: string): void {
  mkdirSync(dirname(join(root, path)), { recursive: true });
  writeFileSync(join(root, path), text);
}

const work = (meanwhile?: () => void, afterwards?: () => void) =>
  unlessUpToDate(root, WORK, () => {
    done += 1;
    meanwhile?.();
    // Into the folder that it is made from, as generated types are.
    write("numbers/sum.txt", "1");
    afterwards?.();
    return ["numbers/sum.txt"];
  });

describe("work", () => {
  it("is done once, although it writes into its own sources", async () => {
    expect([await work(), await work()]).toEqual([true, false]);
    expect(done).toBe(1);
  });

  it("is done again when a source that was missing comes", async () => {
    await work();
    write("rule.txt", "add");
    expect([await work(), await work()]).toEqual([true, false]);
  });

  it("is done again when a source was edited while it was done", async () => {
    await work(() => write("numbers/one.txt", "2"));
    expect([await work(), await work()]).toEqual([true, false]);
  });

  it("is done again when another build took its result away at once", async () => {
    await work(undefined, () => rmSync(join(root, "numbers/sum.txt")));
    expect([await work(), await work()]).toEqual([true, false]);
  });

  it("is done again when it was broken off", async () => {
    await work();
    write("numbers/two.txt", "2");
    const broken = work(() => {
      throw new Error("killed");
    });
    await expect(broken).rejects.toThrow("killed");
    rmSync(join(root, "numbers/two.txt"));
    expect(await work()).toBe(true);
  });

  it("is done again when its stamp cannot be read", async () => {
    await work();
    write("dist/stamps/sums.json", '{ "from":');
    expect(await work()).toBe(true);
  });
});
