// What make says on a machine that lacks something: one sentence, at once, before anything is
// installed or built. Each case is a checkout without node_modules and a PATH of its own.
import { type ChildProcess, spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import {
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { createServer, type Server } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "@jest/globals";

const ROOT = join(import.meta.dirname, "../..");
/** All that make itself and the preflight call, but Node and Java. */
const TOOLS = ["bash", "sh", "make", "awk", "ps", "lsof", "ss", "sleep"];

let checkout: string;
let taken: Server;
let takenPort: string;

/** A folder for a PATH: stubs by name, each a line of shell. */
function bin(name: string, stubs: Record<string, string>): string {
  const folder = join(checkout, name);
  mkdirSync(folder);
  for (const tool of TOOLS) {
    const found = spawnSync("/bin/sh", ["-c", `command -v ${tool}`], { encoding: "utf8" }).stdout.trim();
    if (found) symlinkSync(found, join(folder, tool));
  }
  for (const [stub, line] of Object.entries({ npm: ": > installed", ...stubs }))
    writeFileSync(join(folder, stub), `#!/bin/sh\n${line}\n`, { mode: 0o755 });
  return folder;
}

const NODE = `exec "${process.execPath}" "$@"`;
const java = (version: string): string => `echo 'openjdk version "${version}" 2024-01-16' >&2`;

beforeAll(async () => {
  checkout = mkdtempSync(join(tmpdir(), "contra-preflight-"));
  for (const path of ["Makefile", "package.json", "package-lock.json", "scripts"])
    cpSync(join(ROOT, path), join(checkout, path), { recursive: true });
  taken = createServer().listen(0, "127.0.0.1");
  await once(taken, "listening");
  const address = taken.address();
  takenPort = String(typeof address === "object" && address ? address.port : 0);
});

afterAll(() => {
  taken.close();
  rmSync(checkout, { recursive: true, force: true });
});

type Printed = { status: number | null; lines: string[] };

/** What `make run`, or another goal, prints where it is refused. Make adds a line of its own. */
function refused(PATH: string, env: Record<string, string> = {}, goal = "run"): Printed {
  const { status, stdout, stderr } = spawnSync("make", [goal], {
    cwd: checkout,
    env: { PATH, HOME: checkout, PORT: "0", ...env },
    encoding: "utf8",
  });
  const lines = (stdout + stderr).split("\n").filter((line) => line && !line.startsWith("make: ***"));
  return { status, lines };
}

describe("a machine", () => {
  it.each([
    ["without Node", {}, "Node is missing: install Node 20 or later"],
    ["with Node 18", { node: "echo v18.19.0" }, "Node v18.19.0 is too old: install Node 20 or later"],
    ["without Java", { node: NODE }, "Java is missing"],
    ["with a Java that is none", { node: NODE, java: "exit 1" }, "Java is missing"],
    ["with Java 11", { node: NODE, java: java("11.0.21") }, "Java 11 is too old for DynamoDB Local"],
    ["with Java 8", { node: NODE, java: java("1.8.0_392") }, "Java 8 is too old for DynamoDB Local"],
  ])("%s is told so in one sentence, and nothing is installed", (name, stubs, sentence) => {
    const { status, lines } = refused(bin(name.replaceAll(" ", "-"), stubs));
    expect(lines).toEqual([expect.stringContaining(`contra: ${sentence}`)]);
    expect(lines[0]).toMatch(/then run make again$/);
    expect(status).toBe(2);
    expect(existsSync(join(checkout, "installed"))).toBe(false);
  });

  it("whose Java is slow is not without it, and what it answers counts", () => {
    const slow = (name: string, version: string) =>
      refused(bin(name, { node: NODE, java: `sleep 4; ${java(version)}` }), { PORT: takenPort }).lines;
    expect(slow("slow-java", "21")).toEqual([expect.stringContaining("is taken")]);
    expect(slow("slow-java-11", "11.0.21")).toEqual([expect.stringContaining("Java 11 is too old")]);
  });

  it("whose Java does not answer in time is not without it: the start asks again", () => {
    const script = join(checkout, "scripts", "preflight.mjs");
    const text = readFileSync(script, "utf8");
    expect(text).toContain("JAVA_WITHIN_MS = 120_000");
    writeFileSync(script, text.replace("JAVA_WITHIN_MS = 120_000", "JAVA_WITHIN_MS = 100"));
    const PATH = bin("hanging-java", { node: NODE, java: "exec sleep 600" });
    const { lines } = refused(PATH, { PORT: takenPort });
    writeFileSync(script, text);
    expect(lines).toEqual([expect.stringContaining("is taken")]);
  });

  it("without npm is told so", () => {
    const PATH = bin("no-npm", { node: NODE, java: java("17.0.15") });
    rmSync(join(PATH, "npm"));
    expect(refused(PATH).lines).toEqual([expect.stringContaining("contra: npm is missing")]);
  });

  it("without Java is asked for none where none is needed", () => {
    const { lines } = refused(bin("for-lint", { node: NODE }), {}, "lint");
    expect(lines.join("\n")).not.toContain("Java");
    expect(existsSync(join(checkout, "installed"))).toBe(true);
    rmSync(join(checkout, "installed"));
  });
});

describe("on a machine that has all", () => {
  let PATH: string;
  beforeAll(() => {
    PATH = bin("has-all", { node: NODE, java: java("21") });
  });

  const sentence = (env: Record<string, string>): string => {
    const { lines } = refused(PATH, env);
    expect(lines).toHaveLength(1);
    expect(existsSync(join(checkout, "installed"))).toBe(false);
    return lines[0] ?? "";
  };

  it("a port that is taken is named, and who has it where the machine tells", () => {
    const told = sentence({ PORT: takenPort });
    expect(told).toContain(`port ${takenPort} is taken`);
    if (existsSync(join(PATH, "lsof"))) expect(told).toContain(`(pid ${process.pid})`);
  });

  it("a port that is none is refused", () => {
    expect(sentence({ PORT: "http" })).toContain("PORT must be a port number");
  });

  it.each([
    ["below a file", () => join(checkout, "Makefile", "home")],
    ["where the system lets nobody write", () => "/proc/contra/home"],
  ])("a home %s is refused", (_, home) => {
    expect(sentence({ CONTRA_HOME: home() })).toMatch(/cannot be written \(E\w+\): name another folder/);
  });

  describe("where a stack runs", () => {
    let stack: ChildProcess;
    const home = () => join(checkout, "home");

    /** A process with this command that does nothing. */
    async function startIdle(...[script = "", ...args]: string[]): Promise<ChildProcess> {
      mkdirSync(join(checkout, script, ".."), { recursive: true });
      writeFileSync(join(checkout, script), "setInterval(() => {}, 1000);");
      const idle = spawn(process.execPath, [join(checkout, script), ...args], { stdio: "ignore" });
      await once(idle, "spawn");
      return idle;
    }

    function writeStack(folder: string, { pid }: ChildProcess): void {
      mkdirSync(folder, { recursive: true });
      const written = { url: "http://localhost:4711", pid, parts: {} };
      writeFileSync(join(folder, "stack.json"), JSON.stringify(written));
    }

    beforeAll(async () => {
      stack = await startIdle("other/dist/local/supervisor.mjs", "--began=1", "--with-parent=1");
      writeStack(home(), stack);
    });

    it("its home is refused, with the way to it and past it", () => {
      const told = sentence({ CONTRA_HOME: home() });
      expect(told).toContain("a stack runs on home already, at http://localhost:4711");
      expect(told).toContain("CONTRA_HOME=home-2");
    });

    it("its home is quoted in the way past it where it holds a blank", () => {
      writeStack(join(checkout, "my home"), stack);
      const told = sentence({ CONTRA_HOME: join(checkout, "my home") });
      expect(told).toContain("a stack runs on my home already");
      expect(told).toContain("CONTRA_HOME='my home-2' PORT=0");
    });

    it.each([
      ["proofs", "other/proofs/supervisor.mjs", "--with-parent=1"],
      ["an editor", "other/editor.mjs", "dist/local/supervisor.mjs"],
    ])("its pid may belong to other work by now, and then the home is free: %s", async (_, ...command) => {
      const other = await startIdle(...command);
      writeStack(join(checkout, "reused"), other);
      const told = sentence({ CONTRA_HOME: join(checkout, "reused"), PORT: takenPort });
      other.kill("SIGKILL");
      await once(other, "exit");
      expect(told).toContain("is taken");
    });

    it("its home is free again once it has died, whatever it left behind", async () => {
      stack.kill("SIGKILL");
      await once(stack, "exit");
      // Refused for its port alone, which is looked at after the home.
      expect(sentence({ CONTRA_HOME: home(), PORT: takenPort })).toContain("is taken");
    });
  });
});
