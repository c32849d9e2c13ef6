// A shell that runs a page's blocks one after the other, as a person does: what one of them sets,
// the next one has.
import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";

const ROOT = join(import.meta.dirname, "../../..");
const DONE = "--the-block-has-ended--";

/** `output` is what went to stdout; `errors`, to stderr. */
export type Ran = { status: number; output: string; errors: string };

export class Shell {
  private readonly process: ChildProcess;
  private output = "";
  private errors = "";
  private readonly within: number;

  /** `within` is how many seconds a block may take. */
  constructor(env: Record<string, string>, within: number) {
    this.within = within;
    const path = `${join(ROOT, "node_modules/.bin")}:${process.env.PATH}`;
    this.process = spawn("bash", ["--norc", "--noprofile", "-s"], {
      cwd: ROOT,
      // Of the make that runs this, a make in a block must know nothing.
      env: { ...process.env, MAKEFLAGS: "", MAKELEVEL: "", MFLAGS: "", PATH: path, ...env },
      stdio: ["pipe", "pipe", "pipe"],
    });
    this.process.stdout?.on("data", (chunk) => {
      this.output += chunk;
    });
    this.process.stderr?.on("data", (chunk) => {
      this.errors += chunk;
    });
  }

  /** Runs a block to its end; throws with what it printed when it takes too long. */
  async run(command: string): Promise<Ran> {
    this.output = "";
    this.errors = "";
    this.send(`${command}\nprintf '%s %s\\n' ${DONE} "$?"`);
    const end = new RegExp(`${DONE} (\\d+)\\n`);
    const deadline = AbortSignal.timeout(this.within * 1000);
    for (;;) {
      const found = end.exec(this.output);
      if (found) {
        const output = this.output.slice(0, found.index);
        return { status: Number(found[1]), output, errors: this.errors };
      }
      try {
        await once(this.process.stdout as NodeJS.ReadableStream & NodeJS.EventEmitter, "data", {
          signal: deadline,
        });
      } catch {
        throw new Error(`not within ${this.within} s:\n${command}\n${this.output}${this.errors}`);
      }
    }
  }

  close(): void {
    this.process.kill("SIGKILL");
  }

  private send(text: string): void {
    this.process.stdin?.write(`${text}\n`);
  }
}
