// Starts one part of the local cloud as its own process, for a test that drives it by HTTP.
import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { closeSync, mkdirSync, openSync, readFileSync } from "node:fs";
import { createServer } from "node:net";
import { join } from "node:path";
import { PARTS, type Part, urlVariable } from "../../scripts/local/common/settings.ts";

const ROOT = join(import.meta.dirname, "..", "..");
const HEALTHY_WITHIN_MS = 60_000;

export async function freePort(): Promise<number> {
  const server = createServer().listen(0, "127.0.0.1");
  await once(server, "listening");
  const address = server.address();
  server.close();
  if (address === null || typeof address === "string") throw new Error("a TCP server has a port");
  return address.port;
}

export type RunningPart = { url: string; process: ChildProcess; stop: () => Promise<void> };

/** Resolves once the part is healthy. `urls` are the other parts' as far as the test has them. */
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
  const stop = async () => {
    if (child.exitCode !== null || child.signalCode !== null) return;
    child.kill("SIGKILL");
    await once(child, "exit");
  };
  for (const deadline = Date.now() + HEALTHY_WITHIN_MS; Date.now() < deadline && child.exitCode === null; ) {
    const answer = await fetch(`${url}/_local/health`).catch(() => undefined);
    if (answer?.ok) return { url, process: child, stop };
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  await stop();
  throw new Error(`the part ${part} did not become healthy:\n${readFileSync(logFile, "utf8")}`);
}
