// Keeps the parts of one stack running. It starts them in order, restarts one that dies, and stops
// them in order.
import { renameSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { PARTS, type Part } from "../common/settings.ts";
import { type PartPlan, PartProcess } from "./part-process.ts";

/**
 * Each stage needs the one before it. Functions and the engine's records need tables.
 * Requests need everything.
 */
const STAGES: Part[][] = [
  ["dynamodb"],
  ["step-functions", "messaging", "lambda", "sandbox"],
  ["api-gateway"],
];
/**
 * Milliseconds, a bound for a part that hangs. On a busy machine it takes minutes. One that dies is
 * noticed at once.
 */
const HEALTHY_WITHIN_MS = 600_000;
/** A part that dies this often without getting ready once will not get ready. */
const MAX_VAIN_STARTS = 5;
/** More restarts are a crash loop, even if the part looks healthy in between. */
const MAX_RESTARTS = 30;
const RESTART_WINDOW_MS = 60_000;
const RESTART_PAUSE_MS = 100;

type Kept = { process: PartProcess; vainStarts: number; restarts: number[] };

export type SupervisorOptions = {
  home: string;
  /** Where the stack is reached from outside. */
  url: string;
  plans: Record<Part, PartPlan>;
  /** Called with each thing that happens to the parts. */
  say: (line: string) => void;
  /** Called with the lines that parts have for the terminal. */
  print: (line: string) => void;
  /** Called once, when a part cannot be kept running. */
  onHopeless: (part: Part) => void;
};

export class Supervisor {
  private readonly options: SupervisorOptions;
  private readonly parts = new Map<Part, Kept>();
  private stopping = false;

  constructor(options: SupervisorOptions) {
    this.options = options;
  }

  /** True from the first moment at which somebody stops it. */
  get isStopping(): boolean {
    return this.stopping;
  }

  /**
   * True when every part is healthy, false when it was stopped meanwhile. Throws with the name of a
   * part that is not healthy.
   */
  async start(): Promise<boolean> {
    for (const stage of STAGES) {
      if (this.isStopping) return false;
      for (const part of stage) this.launch(part, { vainStarts: 0, restarts: [] });
      await Promise.all(stage.map((part) => this.untilHealthy(part)));
    }
    return !this.isStopping;
  }

  private launch(part: Part, history: Omit<Kept, "process">): void {
    const { plans, print } = this.options;
    const process = new PartProcess(plans[part], (how) => this.onExit(part, how), print);
    const kept: Kept = { process, ...history };
    this.parts.set(part, kept);
    this.writeStackFile();
    void process.becomesHealthy(Date.now() + HEALTHY_WITHIN_MS).then((healthy) => {
      if (healthy) kept.vainStarts = 0;
    });
  }

  private onExit(part: Part, how: string): void {
    const kept = this.parts.get(part);
    if (this.isStopping || !kept) return;
    const now = Date.now();
    const restarts = [...kept.restarts.filter((at) => at > now - RESTART_WINDOW_MS), now];
    const vainStarts = kept.vainStarts + 1;
    if (vainStarts >= MAX_VAIN_STARTS || restarts.length > MAX_RESTARTS) {
      this.options.say(`${part} died (${how}) and does not stay up`);
      this.options.onHopeless(part);
      return;
    }
    this.options.say(`${part} died (${how}): restarting it`);
    setTimeout(() => {
      if (!this.isStopping) this.launch(part, { vainStarts, restarts });
    }, RESTART_PAUSE_MS);
  }

  /** Follows the part across restarts. */
  private async untilHealthy(part: Part): Promise<void> {
    const deadline = Date.now() + HEALTHY_WITHIN_MS;
    while (Date.now() < deadline) {
      if (this.isStopping || (await this.parts.get(part)?.process.becomesHealthy(deadline))) return;
      await new Promise((resolve) => setTimeout(resolve, RESTART_PAUSE_MS));
    }
    throw new Error(`the ${part} part did not become healthy`);
  }

  /**
   * Stops what is running. A part stops before the parts on which it depends. Safe to call twice.
   */
  async stop(): Promise<void> {
    this.stopping = true;
    rmSync(this.stackFile, { force: true });
    for (const stage of [...STAGES].reverse()) {
      await Promise.all(stage.map((part) => this.parts.get(part)?.process.stop()));
    }
  }

  /** For an end that cannot wait. */
  kill(): void {
    this.stopping = true;
    for (const { process } of this.parts.values()) process.kill();
  }

  private get stackFile(): string {
    return join(this.options.home, "stack.json");
  }

  /** Writes the file for tests and tools: where every part listens, and its pid. */
  private writeStackFile(): void {
    const { plans, url } = this.options;
    const known = PARTS.flatMap((part) => {
      const pid = this.parts.get(part)?.process.pid;
      return pid === undefined ? [] : [[part, { url: plans[part].url, pid }]];
    });
    const stack = { url, pid: process.pid, parts: Object.fromEntries(known) };
    writeFileSync(`${this.stackFile}.new`, `${JSON.stringify(stack, undefined, 2)}\n`);
    renameSync(`${this.stackFile}.new`, this.stackFile);
  }
}
