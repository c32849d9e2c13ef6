// One execution environment: a worker thread that has loaded one function's bundle and runs one
// event at a time. Module state survives between events. A timeout, an exit or a crash ends the
// environment, and the next event gets another one.
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { Worker } from "node:worker_threads";
import { transformSync } from "esbuild";
import {
  type FunctionError,
  failed,
  failure,
  type Invocation,
  type Outcome,
  type RuntimeMessage,
} from "./messages.ts";

export type Program = {
  name: string;
  /** Absolute path of the CommonJS bundle that exports `handler`. */
  bundle: string;
  timeoutMs: number;
  memoryMb: number;
  env: Record<string, string>;
  compileCache: string;
  /** Takes what the function writes to stdout and stderr. */
  log: (chunk: string | Buffer) => void;
};

/**
 * Milliseconds, as on Lambda, which then begins again in the time of the first event. Here one try
 * gets both: a laptop may be busy. They bound work and not waiting: no time scale divides them.
 */
const INIT_LIMIT_MS = 10_000;
/** Megabytes for what lives shortly. V8 would take 48 of them, and an event needs few. */
const YOUNG_MB = 6;

// Compiled once for all environments. A worker that strips the types itself takes 25 ms
// longer to start.
const RUNTIME = new URL(
  `data:text/javascript,${encodeURIComponent(
    transformSync(readFileSync(join(import.meta.dirname, "runtime.ts"), "utf8"), { loader: "ts" }).code,
  )}`,
);

export class Environment {
  alive = true;
  /** Resolves once events can run, or with the reason why they never will. */
  readonly ready: Promise<FunctionError | undefined>;
  private readonly program: Program;
  private readonly worker: Worker;
  private settle: (message: RuntimeMessage) => void;

  constructor(program: Program, onDeath: () => void) {
    this.program = program;
    this.settle = () => undefined;
    this.worker = new Worker(RUNTIME, {
      env: program.env,
      stdout: true,
      stderr: true,
      workerData: { bundle: program.bundle, compileCache: program.compileCache },
      resourceLimits: { maxOldGenerationSizeMb: program.memoryMb, maxYoungGenerationSizeMb: YOUNG_MB },
    });
    for (const stream of [this.worker.stdout, this.worker.stderr]) stream.on("data", program.log);
    this.worker.on("message", (message: RuntimeMessage) => {
      if (message.kind === "crashed") this.alive = false;
      this.settle(message);
    });
    this.worker.on("error", (error) => program.log(`ENVIRONMENT FAILED ${error.stack}\n`));
    this.worker.once("exit", (code) => {
      this.alive = false;
      this.settle({
        kind: "failed",
        error: failure("Runtime.ExitError", `Runtime exited with status ${code}`),
      });
      onDeath();
    });
    this.ready = this.started();
  }

  private async started(): Promise<FunctionError | undefined> {
    const message = await this.nextMessage(INIT_LIMIT_MS + this.program.timeoutMs);
    if (message.kind === "ready") return undefined;
    this.stop();
    return "error" in message
      ? message.error
      : failure("Runtime.Unknown", "the runtime spoke before it was ready");
  }

  /** Runs one event and never throws. The caller makes sure that no other event is running. */
  async invoke(invocation: Omit<Invocation, "deadline">): Promise<Outcome> {
    const { timeoutMs, log } = this.program;
    if (!this.alive)
      return failed(failure("Runtime.ExitError", "the environment ended before the event began"));
    const answer = this.nextMessage(timeoutMs);
    this.worker.postMessage({ ...invocation, deadline: Date.now() + timeoutMs } satisfies Invocation);
    const message = await answer;
    if (message.kind === "succeeded") return { failed: false, payload: message.payload };
    const error =
      "error" in message ? message.error : failure("Runtime.Unknown", `unexpected ${message.kind}`);
    log(`FAILED RequestId: ${invocation.requestId} ${JSON.stringify(error)}\n`);
    return failed(error);
  }

  /**
   * The worker's next message. After `limitMs` the environment ends, and the message is a timeout.
   */
  private nextMessage(limitMs: number): Promise<RuntimeMessage> {
    return new Promise((resolve) => {
      const timer = setTimeout(() => {
        const seconds = (limitMs / 1000).toFixed(2);
        this.settle({
          kind: "failed",
          error: failure("Sandbox.Timedout", `Task timed out after ${seconds} seconds`),
        });
        this.stop();
      }, limitMs);
      this.settle = (message) => {
        clearTimeout(timer);
        this.settle = () => undefined;
        resolve(message);
      };
    });
  }

  stop(): void {
    this.alive = false;
    void this.worker.terminate();
  }
}
