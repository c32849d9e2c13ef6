// What make's goals need of this machine: Java, a home and a port. It runs before anything is
// installed, so it needs no package and no TypeScript. Each refusal is one sentence that says what
// to do. scripts/run.ts checks port and home again, because somebody may take them meanwhile.
import { execFileSync } from "node:child_process";
import { accessSync, constants, existsSync, mkdirSync, readdirSync, readFileSync } from "node:fs";
import { createServer } from "node:net";
import { dirname, join, relative, resolve } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";

const JAVA_MAJOR = 17;
/** Goals that start their own stack, on free ports and in their own home. */
const WITH_JAVA = ["demo", "memory", "test", "prove", "prove-small", "faults", "costs", "check"];
const DEFAULT_PORT = "3000";
/** A stack whose make was killed needs a moment to notice. Home and port are free only then. */
const HOME_FREE_WITHIN_MS = 3_000;
const POLL_MS = 100;
const TOOL_WITHIN_MS = 3_000;
/** A bound for a Java that hangs. On a busy machine its first start takes longer than a minute. */
const JAVA_WITHIN_MS = 120_000;
/** How `make run` starts a stack. A stack that was started otherwise holds its home's lock. */
const STACK = /\bdist\/local\/supervisor\.mjs .*--with-parent=\d+\s*$/;

class Refused extends Error {}
const refuse = (sentence) => {
  throw new Refused(sentence);
};

/**
 * What a tool prints on both of its channels. Undefined when it is missing or fails, and empty when
 * it does not answer in time.
 */
function output(withinMs, command, ...args) {
  try {
    const options = { encoding: "utf8", timeout: withinMs, stdio: ["ignore", "pipe", "pipe"] };
    return execFileSync("/bin/sh", ["-c", 'exec "$0" "$@" 2>&1', command, ...args], options);
  } catch (error) {
    return error.code === "ETIMEDOUT" ? "" : undefined;
  }
}

/** As a shell reads it: a home may hold blanks. */
const quoted = (word) => (/^[\w./@:+-]+$/.test(word) ? word : `'${word.replaceAll("'", "'\\''")}'`);

function demandJava() {
  const install = `install Java ${JAVA_MAJOR} or later (https://adoptium.net), then run make again`;
  // A Mac without Java has a `java` that fails.
  const said = output(JAVA_WITHIN_MS, "java", "-version");
  if (said === undefined) refuse(`Java is missing, which DynamoDB Local runs on: ${install}`);
  // A Java that is too slow to answer has no number here. The start asks it again.
  // `17.0.15`, `21-ea`. Up to Java 8 it is `1.8.0_392`.
  const [, first, second] = /version "(\d+)(?:\.(\d+))?/.exec(said) ?? [];
  const major = Number(first === "1" ? second : first);
  if (major < JAVA_MAJOR) refuse(`Java ${major} is too old for DynamoDB Local: ${install}`);
}

const shown = (home) => {
  const path = relative(process.cwd(), home);
  return path && !path.startsWith("..") ? path : home;
};

/**
 * Makes the folders one by one: asked for all at once, Node never returns from a place like /proc.
 */
function makeFolder(folder) {
  if (existsSync(folder)) return;
  makeFolder(dirname(folder));
  mkdirSync(folder);
}

/** Demands a folder that can be written and on which no stack runs. */
async function demandHome(home) {
  try {
    makeFolder(home);
    accessSync(home, constants.W_OK | constants.X_OK);
  } catch (error) {
    refuse(`CONTRA_HOME ${shown(home)} cannot be written (${error.code}): name another folder`);
  }
  const deadline = Date.now() + HOME_FREE_WITHIN_MS;
  for (let stack = runningOn(home); stack; stack = runningOn(home)) {
    if (Date.now() > deadline)
      refuse(
        `a stack runs on ${shown(home)} already, at ${stack.url} (pid ${stack.pid}): use it, or stop it with Ctrl-C, or start another one with CONTRA_HOME=${quoted(`${shown(home)}-2`)} PORT=0`,
      );
    await sleep(POLL_MS);
  }
}

/** The stack whose file lies in the home, if its process is still a stack. */
function runningOn(home) {
  try {
    const stack = JSON.parse(readFileSync(join(home, "stack.json"), "utf8"));
    const command = output(TOOL_WITHIN_MS, "ps", "-ww", "-o", "command=", "-p", String(stack.pid));
    return STACK.test(command ?? "") ? stack : undefined;
  } catch {
    return undefined; // There is none, or it was cut off by a crash.
  }
}

async function demandPort(asked, home) {
  const port = Number(asked);
  if (!/^\d+$/.test(asked) || port > 65_535)
    refuse(`PORT must be a port number, or 0 for any free one, not ${asked}`);
  if (port === 0 || (await isFree(port))) return;
  const holder = holderOf(port);
  // The start itself ends what a killed run of this home left behind.
  if (leftOver(home).includes(holder?.pid ?? 0)) return;
  const by = holder ? ` by ${holder.command} (pid ${holder.pid})` : "";
  refuse(`port ${port} is taken${by}: stop that, or choose another one with PORT=, 0 for any that is free`);
}

const isFree = async (port) =>
  (await Promise.all(["127.0.0.1", "::1"].map((host) => isFreeOn(port, host)))).every(Boolean);

/** True when nobody listens there. That holds for an address that this machine does not have. */
const isFreeOn = (port, host) =>
  new Promise((answer) => {
    const server = createServer();
    server.once("error", ({ code }) => answer(code !== "EADDRINUSE" && code !== "EACCES"));
    server.listen(port, host, () => server.close(() => answer(true)));
  });

/** Who listens there, if this machine says it. */
function holderOf(port) {
  const [, pid, command] =
    /^p(\d+)\nc(.+)$/m.exec(
      output(TOOL_WITHIN_MS, "lsof", "-nP", `-iTCP:${port}`, "-sTCP:LISTEN", "-Fpc") ?? "",
    ) ?? [];
  if (pid) return { pid: Number(pid), command };
  const [, name, id] =
    /users:\(\("([^"]+)",pid=(\d+)/.exec(output(TOOL_WITHIN_MS, "ss", "-ltnpH", `sport = :${port}`) ?? "") ??
    [];
  return id ? { pid: Number(id), command: name } : undefined;
}

/** The processes that an earlier run of this home has written down. */
function leftOver(home) {
  try {
    const folder = join(home, "pids");
    return readdirSync(folder).map((file) => JSON.parse(readFileSync(join(folder, file), "utf8")).pid);
  } catch {
    return [];
  }
}

async function main(goals) {
  if (goals.includes("run") || goals.some((goal) => WITH_JAVA.includes(goal))) demandJava();
  if (!goals.includes("run")) return;
  const home = resolve(process.env.CONTRA_HOME || ".contra");
  await demandHome(home);
  await demandPort(process.env.PORT || DEFAULT_PORT, home);
}

try {
  await main(process.argv.slice(2));
} catch (error) {
  if (!(error instanceof Refused)) throw error;
  console.error(`contra: ${error.message}`);
  process.exitCode = 1;
}
