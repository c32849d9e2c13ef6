// What the engine must keep, in SQLite: definitions by version, executions, their history, and the
// status changes that are not announced yet. Every method is one transaction. A killed process
// loses none.
import { mkdirSync } from "node:fs";
import { dirname } from "node:path";
import { DatabaseSync, type StatementSync } from "node:sqlite";
import type { Ending, Progress } from "./execution.ts";
import type { HistoryEvent } from "./history.ts";

export type Status = "RUNNING" | Ending["status"];

/**
 * An execution as it is stored. Times are epoch milliseconds, data is JSON text, absent is null.
 */
export type ExecutionRow = {
  id: number;
  arn: string;
  machine: string;
  name: string;
  version: number;
  alias: string | null;
  status: Status;
  input: string;
  output: string | null;
  error: string | null;
  cause: string | null;
  started_at: number;
  stopped_at: number | null;
  deadline: number | null;
  redrives: number;
  redriven_at: number | null;
  last_event: number;
  progress: string;
};

export type NewExecution = Omit<ExecutionRow, "id" | "last_event">;
export type Announcement = { id: number; body: string; created_at: number; attempts: number };
/** The status change of a row as an EventBridge entry. */
export type Announce = (row: ExecutionRow) => string;

const SCHEMA = `
  PRAGMA journal_mode = WAL;
  PRAGMA synchronous = NORMAL;
  CREATE TABLE IF NOT EXISTS definitions (
    machine TEXT, version INTEGER, body TEXT NOT NULL, PRIMARY KEY (machine, version)) WITHOUT ROWID;
  CREATE TABLE IF NOT EXISTS executions (
    id INTEGER PRIMARY KEY AUTOINCREMENT, arn TEXT NOT NULL UNIQUE, machine TEXT NOT NULL, name TEXT NOT NULL,
    version INTEGER NOT NULL, alias TEXT, status TEXT NOT NULL, input TEXT NOT NULL, output TEXT, error TEXT,
    cause TEXT, started_at INTEGER NOT NULL, stopped_at INTEGER, deadline INTEGER,
    redrives INTEGER NOT NULL, redriven_at INTEGER, last_event INTEGER NOT NULL, progress TEXT NOT NULL);
  CREATE INDEX IF NOT EXISTS executions_by_status ON executions (machine, status, id);
  CREATE TABLE IF NOT EXISTS history (
    execution INTEGER, id INTEGER, body TEXT NOT NULL, PRIMARY KEY (execution, id)) WITHOUT ROWID;
  CREATE TABLE IF NOT EXISTS announcements (
    id INTEGER PRIMARY KEY AUTOINCREMENT, body TEXT NOT NULL, created_at INTEGER NOT NULL,
    due_at INTEGER NOT NULL, attempts INTEGER NOT NULL);`;

const STATEMENTS = {
  addExecution: `INSERT INTO executions (arn, machine, name, version, alias, status, input, output, error, cause,
      started_at, stopped_at, deadline, redrives, redriven_at, last_event, progress)
    VALUES ($arn, $machine, $name, $version, $alias, $status, $input, $output, $error, $cause,
      $started_at, $stopped_at, $deadline, $redrives, $redriven_at, 0, $progress)`,
  advance: "UPDATE executions SET progress = ?, last_event = max(last_event, ?) WHERE id = ?",
  end: `UPDATE executions SET progress = ?, last_event = max(last_event, ?), status = ?, output = ?, error = ?,
      cause = ?, stopped_at = ? WHERE id = ?`,
  redrive: `UPDATE executions SET progress = ?, last_event = max(last_event, ?), status = 'RUNNING', output = NULL,
      error = NULL, cause = NULL, stopped_at = NULL, deadline = ?, redrives = redrives + 1, redriven_at = ?
      WHERE id = ?`,
  addEvent: "INSERT INTO history (execution, id, body) VALUES (?, ?, ?)",
  find: "SELECT * FROM executions WHERE arn = ?",
  get: "SELECT * FROM executions WHERE id = ?",
  running: "SELECT * FROM executions WHERE status = 'RUNNING' ORDER BY id",
  list: `SELECT * FROM executions WHERE machine = $machine AND ($status IS NULL OR status = $status)
      AND id < $before ORDER BY id DESC LIMIT $limit`,
  forgetHistory: `DELETE FROM history WHERE execution IN
      (SELECT id FROM executions WHERE status <> 'RUNNING' AND stopped_at < ?)`,
  forget: "DELETE FROM executions WHERE status <> 'RUNNING' AND stopped_at < ?",
  eventsUp: "SELECT body FROM history WHERE execution = ? AND id > ? ORDER BY id LIMIT ?",
  eventsDown: "SELECT body FROM history WHERE execution = ? AND id < ? ORDER BY id DESC LIMIT ?",
  latest: "SELECT version, body FROM definitions WHERE machine = ? ORDER BY version DESC LIMIT 1",
  definition: "SELECT body FROM definitions WHERE machine = ? AND version = ?",
  addDefinition: "INSERT INTO definitions (machine, version, body) VALUES (?, ?, ?)",
  announce: "INSERT INTO announcements (body, created_at, due_at, attempts) VALUES (?, ?, ?, 0)",
  due: "SELECT id, body, created_at, attempts FROM announcements WHERE due_at <= ? ORDER BY id LIMIT ?",
  nextDue: "SELECT min(due_at) AS due_at FROM announcements",
  announced: "DELETE FROM announcements WHERE id = ?",
  postpone: "UPDATE announcements SET due_at = ?, attempts = attempts + 1 WHERE id = ?",
};

export class Store {
  private readonly db: DatabaseSync;
  private readonly sql: Record<keyof typeof STATEMENTS, StatementSync>;
  private readonly announce: Announce;

  constructor(file: string, announce: Announce) {
    mkdirSync(dirname(file), { recursive: true });
    this.db = new DatabaseSync(file);
    this.db.exec(SCHEMA);
    this.announce = announce;
    const prepared = Object.entries(STATEMENTS).map(([name, text]) => [name, this.db.prepare(text)]);
    this.sql = Object.fromEntries(prepared) as Record<keyof typeof STATEMENTS, StatementSync>;
  }

  /**
   * The version of this definition. It is the latest one when its text is the same, and
   * else a new one.
   */
  publish(machine: string, body: string): number {
    const latest = this.sql.latest.get(machine) as { version: number; body: string } | undefined;
    if (latest?.body === body) return latest.version;
    const version = (latest?.version ?? 0) + 1;
    this.sql.addDefinition.run(machine, version, body);
    return version;
  }

  definition(machine: string, version: number): string | undefined {
    const row = this.sql.definition.get(machine, version) as { body: string } | undefined;
    return row?.body;
  }

  start(execution: NewExecution, events: HistoryEvent[]): ExecutionRow {
    return this.transaction(() => {
      const id = Number(this.sql.addExecution.run(execution).lastInsertRowid);
      this.append(id, events);
      this.sql.advance.run(execution.progress, lastOf(events), id);
      return this.changed(id);
    });
  }

  advance(id: number, events: HistoryEvent[], progress: Progress): void {
    this.transaction(() => {
      this.append(id, events);
      this.sql.advance.run(JSON.stringify(progress), lastOf(events), id);
    });
  }

  end(id: number, events: HistoryEvent[], progress: Progress, ending: Ending): ExecutionRow {
    const output = ending.status === "SUCCEEDED" ? JSON.stringify(ending.output) : null;
    const { error = null, cause = null } = ending.status === "SUCCEEDED" ? {} : ending;
    return this.transaction(() => {
      this.append(id, events);
      const at = JSON.stringify(progress);
      this.sql.end.run(at, lastOf(events), ending.status, output, error, cause, Date.now(), id);
      return this.changed(id);
    });
  }

  redrive(id: number, events: HistoryEvent[], progress: Progress, deadline: number | null): ExecutionRow {
    return this.transaction(() => {
      this.append(id, events);
      this.sql.redrive.run(JSON.stringify(progress), lastOf(events), deadline, Date.now(), id);
      return this.changed(id);
    });
  }

  /** Removes executions that closed before. Their names are free again. */
  forget(before: number): void {
    this.transaction(() => {
      this.sql.forgetHistory.run(before);
      this.sql.forget.run(before);
    });
  }

  find(arn: string): ExecutionRow | undefined {
    return this.sql.find.get(arn) as ExecutionRow | undefined;
  }

  running(): ExecutionRow[] {
    return this.sql.running.all() as ExecutionRow[];
  }

  /** Executions below the row id `before`, the newest first. */
  list(machine: string, status: string | null, before: number, limit: number): ExecutionRow[] {
    return this.sql.list.all({ machine, status, before, limit }) as ExecutionRow[];
  }

  /** Events after the event id `from`, or below it when reversed. */
  events(id: number, from: number, limit: number, reverse: boolean): HistoryEvent[] {
    const rows = (reverse ? this.sql.eventsDown : this.sql.eventsUp).all(id, from, limit) as {
      body: string;
    }[];
    return rows.map(({ body }) => JSON.parse(body) as HistoryEvent);
  }

  dueAnnouncements(now: number, limit: number): Announcement[] {
    return this.sql.due.all(now, limit) as Announcement[];
  }

  nextAnnouncementAt(): number | undefined {
    return (this.sql.nextDue.get() as { due_at: number | null }).due_at ?? undefined;
  }

  announced(ids: number[]): void {
    this.transaction(() => {
      for (const id of ids) this.sql.announced.run(id);
    });
  }

  postpone(id: number, until: number): void {
    this.sql.postpone.run(until, id);
  }

  close(): void {
    this.db.close();
  }

  private append(execution: number, events: HistoryEvent[]): void {
    for (const event of events) this.sql.addEvent.run(execution, event.id, JSON.stringify(event));
  }

  /** The row after a change of status. The same transaction announces the change. */
  private changed(id: number): ExecutionRow {
    const row = this.sql.get.get(id) as ExecutionRow;
    const now = Date.now();
    this.sql.announce.run(this.announce(row), now, now);
    return row;
  }

  private transaction<Result>(work: () => Result): Result {
    this.db.exec("BEGIN IMMEDIATE");
    try {
      const result = work();
      this.db.exec("COMMIT");
      return result;
    } catch (error) {
      this.db.exec("ROLLBACK");
      throw error;
    }
  }
}

const lastOf = (events: HistoryEvent[]): number => events.at(-1)?.id ?? 0;
