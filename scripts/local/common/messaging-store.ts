// The one database of the bus. Whatever an answer acknowledges is committed here first, so kill -9
// loses none of it. WAL with synchronous NORMAL survives the death of the process. Only a loss of
// power could take the last commits.
import { mkdirSync } from "node:fs";
import { dirname } from "node:path";
import { DatabaseSync, type StatementSync } from "node:sqlite";

const SCHEMA = `
  PRAGMA journal_mode = WAL;
  PRAGMA synchronous = NORMAL;
  CREATE TABLE IF NOT EXISTS messages (
    id INTEGER PRIMARY KEY AUTOINCREMENT, queue TEXT NOT NULL, message_id TEXT NOT NULL, body TEXT NOT NULL,
    attributes TEXT NOT NULL, sent_at INTEGER NOT NULL, visible_at INTEGER NOT NULL, expires_at INTEGER NOT NULL,
    receives INTEGER NOT NULL DEFAULT 0, first_received_at INTEGER, receipt TEXT, held INTEGER NOT NULL DEFAULT 0,
    dead_letter_source TEXT);
  CREATE INDEX IF NOT EXISTS messages_visible ON messages (queue, visible_at);
  CREATE INDEX IF NOT EXISTS messages_expire ON messages (queue, expires_at);
  CREATE TABLE IF NOT EXISTS checkpoints (
    function TEXT, stream TEXT, shard TEXT, sequence_number TEXT, closed INTEGER NOT NULL DEFAULT 0,
    PRIMARY KEY (function, stream, shard));
  CREATE TABLE IF NOT EXISTS schedules (function TEXT PRIMARY KEY, next_at INTEGER NOT NULL);
`;

export type Value = string | number | null;

export class Store {
  private readonly database: DatabaseSync;
  private readonly statements = new Map<string, StatementSync>();
  private inTransaction = false;

  constructor(file: string) {
    mkdirSync(dirname(file), { recursive: true });
    this.database = new DatabaseSync(file);
    this.database.exec(SCHEMA);
  }

  /** The number of rows that changed. */
  run(sql: string, ...values: Value[]): number {
    return Number(this.prepare(sql).run(...values).changes);
  }

  all<Row>(sql: string, ...values: Value[]): Row[] {
    return this.prepare(sql).all(...values) as Row[];
  }

  /**
   * Commits all of `work` or none of it. Inside another transaction it becomes a part of that one.
   */
  transaction<Result>(work: () => Result): Result {
    if (this.inTransaction) return work();
    this.inTransaction = true;
    this.database.exec("BEGIN IMMEDIATE");
    try {
      const result = work();
      this.database.exec("COMMIT");
      return result;
    } catch (error) {
      this.database.exec("ROLLBACK");
      throw error;
    } finally {
      this.inTransaction = false;
    }
  }

  close(): void {
    this.database.close();
  }

  private prepare(sql: string): StatementSync {
    const known = this.statements.get(sql);
    if (known) return known;
    const statement = this.database.prepare(sql);
    this.statements.set(sql, statement);
    return statement;
  }
}
