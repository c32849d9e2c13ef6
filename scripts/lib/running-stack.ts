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
    return JSON.parse(readFileSync(join(home, "stack.json"), "utf8")) as RunningStack;
  } catch (error) {
    const because = `no stack runs on ${home}: start one with \`make run\`, or name its home with CONTRA_HOME=`;
    throw new Error(because, { cause: error });
  }
}
