// Lambda's queue for asynchronous invocations (`X-Amz-Invocation-Type: Event`). An accepted event
// is on disk first, so it outlives the process. A failed event is tried twice more. A try that
// found no free environment does not count.
import { mkdirSync } from "node:fs";
import { dirname } from "node:path";
import { DatabaseSync } from "node:sqlite";
import type { Outcome } from "./messages.ts";
import { TooManyRequests } from "./pool.ts";

type Row = {
  id: number;
  function: string;
  event: string;
  request_id: string;
  attempts: number;
  due_at: number;
};
type Run = (name: string, event: string, requestId: string) => Promise<Outcome>;

/**
 * Lambda waits a minute before the first retry and two before the second. Then it drops the event.
 */
const RETRY_WAITS_MS = [60_000, 120_000];
const THROTTLED_WAIT_MS = 1_000;
const BATCH = 50;
/**
 * Milliseconds: the longest timer that setTimeout is trusted with. A later event is
 * checked again then.
 */
const LONGEST_TIMER_MS = 60_000;

export class AsyncEvents {
  private readonly store: DatabaseSync;
  private readonly run: Run;
  private readonly timeScale: number;
  private readonly running = new Set<number>();
  private timer: NodeJS.Timeout | undefined;

  constructor(file: string, timeScale: number, run: Run) {
    mkdirSync(dirname(file), { recursive: true });
    this.store = new DatabaseSync(file);
    this.store.exec(`PRAGMA journal_mode = WAL; PRAGMA synchronous = NORMAL;
      CREATE TABLE IF NOT EXISTS async_events (id INTEGER PRIMARY KEY, function TEXT, event TEXT, request_id TEXT,
        attempts INTEGER, due_at INTEGER)`);
    this.timeScale = timeScale;
    this.run = run;
    this.runDue();
  }

  /** The event is durable once this returns. */
  accept(name: string, event: string, requestId: string): void {
    this.store
      .prepare(
        "INSERT INTO async_events (function, event, request_id, attempts, due_at) VALUES (?, ?, ?, 0, ?)",
      )
      .run(name, event, requestId, Date.now());
    this.runDue();
  }

  private runDue(): void {
    clearTimeout(this.timer);
    const rows = this.store
      .prepare("SELECT * FROM async_events ORDER BY due_at LIMIT ?")
      .all(BATCH + this.running.size);
    const waiting = (rows as Row[]).filter(({ id }) => !this.running.has(id));
    const now = Date.now();
    for (const row of waiting) if (row.due_at <= now) void this.attempt(row);
    const next = waiting.find((row) => row.due_at > now);
    if (next) this.timer = setTimeout(() => this.runDue(), Math.min(next.due_at - now, LONGEST_TIMER_MS));
  }

  private async attempt(row: Row): Promise<void> {
    this.running.add(row.id);
    try {
      const { failed } = await this.run(row.function, row.event, row.request_id);
      const wait = RETRY_WAITS_MS[row.attempts];
      if (failed && wait !== undefined) this.postpone(row, row.attempts + 1, wait);
      else this.store.prepare("DELETE FROM async_events WHERE id = ?").run(row.id);
    } catch (error) {
      if (!(error instanceof TooManyRequests))
        console.error(`${row.function}: asynchronous event kept:`, error);
      this.postpone(row, row.attempts, THROTTLED_WAIT_MS);
    }
    this.running.delete(row.id);
    this.runDue();
  }

  private postpone(row: Row, attempts: number, waitMs: number): void {
    this.store
      .prepare("UPDATE async_events SET attempts = ?, due_at = ? WHERE id = ?")
      .run(attempts, Date.now() + Math.ceil(waitMs / this.timeScale), row.id);
  }
}
