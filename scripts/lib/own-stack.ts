// A script's own stack: in a temporary home, on a free port, gone when the script ends. A stack
// that already runs on this machine is not touched.
import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";

const READY = /^Contra is ready on (\S+)/;
/** Milliseconds, for a first start on a machine that is busy with ten other things. */
const READY_WITHIN_MS = 300_000;

export type OwnStack = { url: string; home: string; stop: () => Promise<void> };
/** `root`: the checkout whose stack it is, this one if none is named. `env`: more settings. */
type Options = { timeScale: number; root?: string; env?: NodeJS.ProcessEnv };

/** Resolves once the stack answers. Throws with the stack's output when it does not answer. */
export async function startStack({ timeScale, root, env }: Options): Promise<OwnStack> {
  const home = mkdtempSync(join(tmpdir(), "contra-own-"));
  const script = join(root ?? join(import.meta.dirname, "../.."), "scripts", "run.ts");
  const supervisor = spawn(
    process.execPath,
    ["--disable-warning=ExperimentalWarning", script, "--with-parent"],
    {
      env: {
        ...process.env,
        ...env,
        PORT: "0",
        QUIET: "1",
        CONTRA_HOME: home,
        CONTRA_TIME_SCALE: String(timeScale),
      },
      stdio: ["ignore", "pipe", "inherit"],
    },
  );
  const stop = async (): Promise<void> => {
    const isRunning = supervisor.exitCode === null && supervisor.signalCode === null;
    if (isRunning && supervisor.kill("SIGTERM")) await once(supervisor, "exit");
    rmSync(home, { recursive: true, force: true, maxRetries: 20 });
  };
  try {
    return { url: await readyUrl(supervisor), home, stop };
  } catch (error) {
    await stop();
    throw error;
  }
}

async function readyUrl(supervisor: ChildProcess): Promise<string> {
  if (!supervisor.stdout) throw new Error("the stack has no output");
  const deadline = setTimeout(() => supervisor.kill("SIGKILL"), READY_WITHIN_MS);
  const printed: string[] = [];
  try {
    for await (const line of createInterface({ input: supervisor.stdout })) {
      const url = READY.exec(line)?.[1];
      if (url) return url;
      printed.push(line);
    }
    throw new Error(`the stack did not become ready:\n${printed.join("\n")}`);
  } finally {
    clearTimeout(deadline);
    supervisor.stdout.resume();
  }
}
