// One part as a process of its own. It hangs on an IPC channel, so it ends with the supervisor
// however the supervisor dies. It leads a process group, so Ctrl-C reaches only the supervisor,
// which stops the parts in order.
import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { closeSync, mkdirSync, openSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { ask } from "../common/post.ts";
import type { Part } from "../common/settings.ts";
import { isTerminalLine } from "../common/terminal.ts";
import { removePidFile, writePidFile } from "./pid-files.ts";

const HEALTH_POLL_MS = 50;
const HEALTH_TIMEOUT_MS = 20_000;
const STOP_WITHIN_MS = 3_000;

/**
 * Memory rather than speed: what lives shortly gets little room, and threads share what they free.
 * A stack has some forty threads.
 */
export const FLAGS = ["--disable-warning=ExperimentalWarning", "--max-semi-space-size=2"];
export const THRIFTY = { MALLOC_ARENA_MAX: "1" };

export type PartPlan = {
  part: Part;
  /** The program, a bundle. */
  script: string;
  url: string;
  home: string;
  env: NodeJS.ProcessEnv;
};

export class PartProcess {
  readonly plan: PartPlan;
  private readonly child: ChildProcess;

  /**
   * `onExit` is called with how it ended: a signal's name or an exit code. `onLine` is called with
   * each line for the terminal.
   */
  constructor(plan: PartPlan, onExit: (how: string) => void, onLine: (line: string) => void) {
    this.plan = plan;
    const { part, script, home, env } = plan;
    mkdirSync(join(home, "logs"), { recursive: true });
    const log = openSync(join(home, "logs", `${part}.log`), "a");
    this.child = spawn(process.execPath, [...FLAGS, script], {
      env: { ...THRIFTY, ...env },
      stdio: ["ignore", log, log, "ipc"],
      detached: true,
    });
    closeSync(log);
    this.child.on("message", (message) => {
      if (isTerminalLine(message)) onLine(message.line);
    });
    this.child.once("error", (error) => onExit(error.message));
    this.child.once("exit", (code, signal) => onExit(signal ?? `exit ${code}`));
    if (this.child.pid !== undefined) writePidFile(home, part, this.child.pid);
  }

  get pid(): number | undefined {
    return this.child.pid;
  }

  get hasEnded(): boolean {
    return this.child.pid === undefined || this.child.exitCode !== null || this.child.signalCode !== null;
  }

  /** True once the part answers that it is ready. False when it ended first. */
  async becomesHealthy(deadline: number): Promise<boolean> {
    while (!this.hasEnded && Date.now() < deadline) {
      const signal = AbortSignal.timeout(HEALTH_TIMEOUT_MS);
      // A part that does not listen yet is the normal case here. The deadline bounds it.
      const answer = await ask(`${this.plan.url}/_local/health`, { signal }).catch(() => undefined);
      if (answer?.status === 200) return true;
      await sleep(HEALTH_POLL_MS);
    }
    return false;
  }

  /** Sends SIGTERM, and then SIGKILL to the whole group if that is not enough. */
  async stop(): Promise<void> {
    if (!this.hasEnded) {
      const exit = once(this.child, "exit");
      this.child.kill("SIGTERM");
      const timer = setTimeout(() => this.kill(), STOP_WITHIN_MS);
      await exit;
      clearTimeout(timer);
    }
    removePidFile(this.plan.home, this.plan.part);
  }

  kill(): void {
    if (!this.hasEnded && this.child.pid !== undefined) process.kill(-this.child.pid, "SIGKILL");
  }
}
