// Where the stack of this laptop is. The stack writes it into its home, so nobody has to
// know its port.
import { readFileSync } from "node:fs";
import { join } from "node:path";

/** Where it is reached from outside, its supervisor's pid, and where each of its parts listens. */
export type RunningStack = { url: string; pid: number; parts: Record<string, { url: string; pid: number }> };

/**
 * Reads the stack's file. Throws a sentence when no stack runs on the home:
 * `CONTRA_HOME`, or .contra.
 */
export function runningStack(home = process.env.CONTRA_HOME || ".contra"): RunningStack {
  try {
    const stack = JSON.parse(readFileSync(join(home, "stack.json"), "utf8")) as RunningStack;
    assertAlive(stack.pid);
    return stack;
  } catch (error) {
    const because = `no stack runs on ${home}: start one with \`make run\`, or name its home with CONTRA_HOME=`;
    throw new Error(because, { cause: error });
  }
}

/** A stack that was killed leaves its file behind. Signal 0 only asks: it throws for no process. */
function assertAlive(pid: number): void {
  try {
    process.kill(pid, 0);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "EPERM") throw error;
  }
}
