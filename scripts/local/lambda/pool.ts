// The environments of one function. An event takes an idle one or waits for the first that becomes
// free. One is added when an event has waited for a while, and never two at a time: a new
// environment costs more CPU than thirty events, and a laptop has few cores.
import { availableParallelism } from "node:os";
import { Environment, type Program } from "./environment.ts";
import { type FunctionError, failed, type Invocation, type Outcome } from "./messages.ts";

/** Six for each core: some of them wait for a provider. */
export const MAX_ENVIRONMENTS = Math.min(24, 6 * availableParallelism());
/** Milliseconds that an event waits before an environment is added, for each that stands. */
const GROW_AFTER_MS = 150;
/**
 * Milliseconds. An environment that is unused for this long is ended, each holds some 15 MB, and
 * the last of a function later.
 */
const IDLE_LIMIT_MS = 60_000;
const LAST_IDLE_LIMIT_MS = 300_000;

/** Thrown when no environment became free in time. Lambda answers 429. */
export class TooManyRequests extends Error {
  override readonly name = "TooManyRequestsException";
}

type Waiter = { since: number; take: (environment: Environment | FunctionError) => void };

/**
 * When another environment is due for an event that waits since `since`, where the last one was
 * added at `grewAt`: the more there are, the later. Milliseconds since the epoch.
 */
export const dueAt = (environments: number, since: number, grewAt: number): number =>
  Math.max(since, grewAt) + GROW_AFTER_MS * environments;

export class Pool {
  private readonly program: Program;
  private readonly waitLimitMs: number;
  /**
   * The last used is the first taken. So those that are not needed stay idle until they are ended.
   */
  private idle: { environment: Environment; since: number }[] = [];
  private readonly waiting: Waiter[] = [];
  private size = 0;
  private isStarting = false;
  private grewAt = 0;
  private growth: NodeJS.Timeout | undefined;

  constructor(program: Program, waitLimitMs: number) {
    this.program = program;
    this.waitLimitMs = waitLimitMs;
    setInterval(() => this.endIdle(Date.now()), IDLE_LIMIT_MS / 5).unref();
  }

  /** Runs one event. Throws only TooManyRequests. */
  async run(invocation: Omit<Invocation, "deadline">, gone?: AbortSignal): Promise<Outcome> {
    const environment = this.takeIdle() ?? (await this.wait(gone));
    if (!(environment instanceof Environment)) return failed(environment);
    const outcome = await environment.invoke(invocation);
    this.offer(environment);
    return outcome;
  }

  /** How many events wait for an environment. */
  get queued(): number {
    return this.waiting.length;
  }

  /** Resolves when an environment is ready for the first event, or has failed to get ready. */
  async prepare(): Promise<void> {
    if (this.size === 0) await this.start();
  }

  private takeIdle(): Environment | undefined {
    this.idle = this.idle.filter(({ environment }) => environment.alive);
    return this.idle.pop()?.environment;
  }

  /**
   * Waits for an environment. A caller who hangs up leaves the queue. Otherwise the stack would run
   * events for which nobody waits, while their retries queue up behind them. A stack that was busy
   * for a moment would stay busy for ever.
   */
  private wait(gone?: AbortSignal): Promise<Environment | FunctionError> {
    return new Promise((resolve, reject) => {
      const settled = () => {
        clearTimeout(timer);
        gone?.removeEventListener("abort", leave);
      };
      const take = (environment: Environment | FunctionError) => {
        settled();
        resolve(environment);
      };
      const waiter = { since: Date.now(), take };
      const leave = () => {
        settled();
        this.waiting.splice(this.waiting.indexOf(waiter), 1);
        reject(new TooManyRequests(`all ${MAX_ENVIRONMENTS} environments of ${this.program.name} are busy`));
      };
      const timer = setTimeout(leave, this.waitLimitMs);
      gone?.addEventListener("abort", leave);
      this.waiting.push(waiter);
      this.grow();
    });
  }

  private grow(): void {
    clearTimeout(this.growth);
    const [first] = this.waiting;
    if (!first || this.isStarting || this.size >= MAX_ENVIRONMENTS) return;
    const patience = dueAt(this.size, first.since, this.grewAt) - Date.now();
    if (this.size === 0 || patience <= 0) void this.start();
    else this.growth = setTimeout(() => this.grow(), patience);
  }

  private async start(): Promise<void> {
    this.size += 1;
    this.isStarting = true;
    const environment = new Environment(this.program, () => this.forget());
    const error = await environment.ready;
    this.isStarting = false;
    this.grewAt = Date.now();
    if (!error) this.offer(environment);
    // Where others stand, the event waits for one of them.
    else if (this.size === 1) this.waiting.shift()?.take(error);
    this.grow();
  }

  private offer(environment: Environment): void {
    if (!environment.alive) return;
    const waiter = this.waiting.shift();
    if (waiter) waiter.take(environment);
    else this.idle.push({ environment, since: Date.now() });
  }

  private forget(): void {
    this.size -= 1;
    this.grow();
  }

  private endIdle(now: number): void {
    let left = this.size;
    for (const { environment, since } of this.idle) {
      if (since > now - (left > 1 ? IDLE_LIMIT_MS : LAST_IDLE_LIMIT_MS)) continue;
      environment.stop();
      left -= 1;
    }
  }
}
