// Starts one part of the local cloud as its own process, for a test that drives it by HTTP.
import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { closeSync, mkdirSync, openSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { PARTS, type Part, urlVariable } from "../../scripts/local/common/settings.ts";
import { pickPorts } from "../../scripts/local/supervisor/ports.ts";
import { until } from "./until.ts";

const ROOT = join(import.meta.dirname, "..", "..");

/**
 * Of those that the system gives to no outgoing connection: a part that is started again finds it
 * free.
 */
export async function freePort(): Promise<number> {
  const [port = 0] = await pickPorts(1);
  return port;
}

/** What a client of the AWS SDK is made with that asks a part, and asks it once. */
export const localAws = (endpoint: string) => ({
  endpoint,
  region: "us-east-1",
  credentials: { accessKeyId: "local", secretAccessKey: "local" },
  maxAttempts: 1,
});

export type RunningPart = {
  url: string;
  process: ChildProcess;
  /** Resolves once the process is gone; SIGKILL unless another signal is given. */
  stop: (signal?: NodeJS.Signals) => Promise<void>;
};

/**
 * Resolves once the part is healthy, and throws with its log when it ends before that. `urls` are
 * the other parts' as far as the test has them.
 */
export async function startPart(
  part: Part,
  home: string,
  urls: Partial<Record<Part, string>> = {},
  env: Record<string, string> = {},
): Promise<RunningPart> {
  const url = urls[part] ?? `http://127.0.0.1:${await freePort()}`;
  const nowhere = Object.fromEntries(PARTS.map((one) => [urlVariable(one), "http://127.0.0.1:1"]));
  const known = Object.fromEntries(
    Object.entries({ ...urls, [part]: url }).map(([one, at]) => [urlVariable(one as Part), at]),
  );
  mkdirSync(home, { recursive: true });
  const logFile = join(home, `${part}.test.log`);
  const log = openSync(logFile, "a");
  const child = spawn(process.execPath, [join(ROOT, "scripts", "local", part, "main.ts")], {
    env: { PATH: process.env.PATH, CONTRA_HOME: home, ...nowhere, ...known, ...env },
    stdio: ["ignore", log, log, "ipc"],
  });
  closeSync(log);
  const hasEnded = () => child.exitCode !== null || child.signalCode !== null;
  const stop = async (signal: NodeJS.Signals = "SIGKILL") => {
    if (hasEnded()) return;
    const gone = once(child, "exit");
    child.kill(signal);
    await gone;
  };
  try {
    await until(async () => {
      if (hasEnded()) throw new Error(`it ended with ${child.exitCode ?? child.signalCode}`);
      return (await fetch(`${url}/_local/health`).catch(() => undefined))?.ok;
    }, "it is healthy");
  } catch (cause) {
    await stop();
    const why = cause instanceof Error ? cause.message : cause;
    throw new Error(`the part ${part} did not start: ${why}\n${readFileSync(logFile, "utf8")}`, { cause });
  }
  return { url, process: child, stop };
}
