// A stack that a proof kills: one part with SIGKILL, or everything at once and then a new start on
// the same home.
import type { Part } from "../../../scripts/local/common/settings.ts";
import { type Stack, startStack } from "../../support/stack.ts";
import { until } from "../../support/until.ts";
import { Client } from "./client.ts";

/** The victim that is everything. */
export const STACK = "the whole stack";
export type Victim = Part | typeof STACK;

export class MortalStack {
  /** Of the stack that runs now: each start has an address of its own. */
  client: Client;
  private stack: Stack;
  private readonly home: string;
  private readonly env: Record<string, string>;
  private readonly started = performance.now();

  private constructor(stack: Stack, home: string, env: Record<string, string>) {
    this.stack = stack;
    this.home = home;
    this.env = env;
    this.client = new Client(stack.url);
  }

  static async start(home: string, env: Record<string, string>): Promise<MortalStack> {
    return new MortalStack(await startStack({ home, env }), home, env);
  }

  /** Since the first start. */
  age = (): string => `${((performance.now() - this.started) / 1000).toFixed(1)} s`;

  async kill(victim: Victim): Promise<void> {
    if (victim !== STACK) return this.killPart(victim);
    // The supervisor first: it would restart what dies before it.
    const { supervisor, ...parts } = this.stack.pids();
    for (const pid of [supervisor, ...Object.values(parts)]) signal(pid);
    this.stack = await startStack({ home: this.home, env: this.env });
    this.client = new Client(this.stack.url);
  }

  /** A part that died a moment ago has to be there again before it can die. */
  private async killPart(part: Part): Promise<void> {
    await until(() => signal(this.stack.pids()[part]), `${part} is there to be killed again`);
  }

  async stop(): Promise<void> {
    await this.stack.stop();
  }
}

/** Kills a process; false when there is none. */
function signal(pid: number): boolean {
  try {
    return process.kill(pid, "SIGKILL");
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ESRCH") return false;
    throw error;
  }
}
