// Programs that e2e runs. Each has a process group of its own: a Ctrl-C reaches e2e alone, and e2e
// ends them in order. Each has a bound. What it printed is at hand when it fails.
import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";

export type Run = { command: string; args: string[]; cwd: string; env: NodeJS.ProcessEnv; seconds: number };
export type Ran = { code: number; printed: string };

const running = new Set<ChildProcess>();
let interrupted = false;

/**
 * Runs to the end and tells how it ended, whatever the exit code; throws when it took too long or
 * e2e was interrupted.
 */
export async function run({ command, args, cwd, env, seconds }: Run): Promise<Ran> {
  if (interrupted) throw new Error("interrupted");
  const child = spawn(command, args, { cwd, env, detached: true, stdio: ["ignore", "pipe", "pipe"] });
  running.add(child);
  let printed = "";
  for (const stream of [child.stdout, child.stderr]) stream.on("data", (chunk) => (printed += chunk));
  let isLate = false;
  const timer = setTimeout(() => {
    isLate = true;
    end(child, "SIGKILL");
  }, seconds * 1000);
  try {
    // Not `exit`: what was printed last may still be in the pipe.
    const [code] = (await once(child, "close")) as [number | null];
    if (isLate) throw new Error(`${command} ${args[0]} took longer than ${seconds} s:\n${tail(printed)}`);
    if (interrupted) throw new Error("interrupted");
    return { code: code ?? -1, printed };
  } finally {
    clearTimeout(timer);
    running.delete(child);
  }
}

/** Runs to the end; throws with the last lines that it printed unless it exits with 0. */
export async function succeed(options: Run): Promise<string> {
  const { code, printed } = await run(options);
  if (code !== 0)
    throw new Error(`${options.command} ${options.args[0]} ended with ${code}:\n${tail(printed)}`);
  return printed;
}

/**
 * Asks everything that runs to end, as Ctrl-C would; what ran or is started until `resume` throws.
 */
export function interrupt(): void {
  interrupted = true;
  for (const child of running) end(child, "SIGINT");
}

/** What is left to do is cleaning up, and that needs programs again. */
export function resume(): void {
  interrupted = false;
}

function end(child: ChildProcess, signal: NodeJS.Signals): void {
  if (child.pid === undefined || child.exitCode !== null) return;
  try {
    process.kill(-child.pid, signal);
  } catch (error) {
    // It ended by itself in this very moment; anything else is a bug.
    if ((error as NodeJS.ErrnoException).code !== "ESRCH") throw error;
  }
}

const tail = (text: string): string => text.trimEnd().split("\n").slice(-40).join("\n");
