import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "@jest/globals";
import { clearOrphans, identityOf, writePidFile } from "../../../../../scripts/local/supervisor/pid-files.ts";

let home: string;
let child: ChildProcess;
let pid: number;

beforeEach(async () => {
  home = mkdtempSync(join(tmpdir(), "contra-pids-"));
  child = spawn(process.execPath, ["-e", "setInterval(() => {}, 1000)"], { stdio: "ignore" });
  await once(child, "spawn");
  pid = Number(child.pid);
  writePidFile(home, "step-functions", pid);
});

afterEach(async () => {
  child.kill("SIGKILL");
  if (child.exitCode === null && child.signalCode === null) await once(child, "exit");
  rmSync(home, { recursive: true });
});

const file = () => join(home, "pids", "step-functions.json");

describe("the processes of an earlier run", () => {
  it("are killed when the pid file still describes them", async () => {
    const exit = once(child, "exit");
    expect(await clearOrphans(home, ["step-functions"])).toEqual(["step-functions"]);
    expect((await exit)[1]).toBe("SIGKILL");
    expect(existsSync(file())).toBe(false);
  });

  it("are left alone when the pid belongs to another process by now", async () => {
    const { identity } = JSON.parse(readFileSync(file(), "utf8"));
    writeFileSync(file(), JSON.stringify({ pid, identity: identity.replace(/\d+ /, "1 ") }));
    expect(await clearOrphans(home, ["step-functions"])).toEqual([]);
    expect(identityOf(pid)).toBe(identity);
    expect(existsSync(file())).toBe(false);
  });

  it("are left alone when the pid file was cut off", async () => {
    writeFileSync(file(), '{"pid":');
    expect(await clearOrphans(home, ["step-functions"])).toEqual([]);
    expect(identityOf(pid)).toBeDefined();
  });

  it("are nobody when they are gone, or there was no run", async () => {
    child.kill("SIGKILL");
    await once(child, "exit");
    expect(await clearOrphans(home, ["step-functions"])).toEqual([]);
    expect(await clearOrphans(join(home, "elsewhere"), ["step-functions"])).toEqual([]);
  });
});
