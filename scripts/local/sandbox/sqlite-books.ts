// The provider's books in SQLite. Each method is one synchronous statement or transaction, so
// nothing can come between.
import { DatabaseSync } from "node:sqlite";
import type {
  Books,
  Commit,
  Entry,
  Hold,
  StoredAnswer,
  Telling,
} from "../../../functions/lib/sandbox/books.ts";
import type { Notice, Outbox } from "./webhook-sender.ts";

const SCHEMA = `
  PRAGMA journal_mode = WAL;
  PRAGMA synchronous = NORMAL;
  CREATE TABLE IF NOT EXISTS operations (
    position INTEGER PRIMARY KEY AUTOINCREMENT,
    id TEXT NOT NULL UNIQUE,
    idempotency_key TEXT NOT NULL,
    live_key TEXT UNIQUE,
    reference TEXT NOT NULL,
    entry TEXT NOT NULL,
    hold TEXT
  ) STRICT;
  CREATE INDEX IF NOT EXISTS operations_by_key ON operations (idempotency_key);
  CREATE INDEX IF NOT EXISTS operations_by_reference ON operations (reference);
  CREATE TABLE IF NOT EXISTS notices (
    position INTEGER PRIMARY KEY AUTOINCREMENT,
    entry TEXT NOT NULL,
    tries INTEGER NOT NULL DEFAULT 0,
    is_prompt INTEGER NOT NULL
  ) STRICT;
  CREATE TABLE IF NOT EXISTS answers (key TEXT PRIMARY KEY, answer TEXT NOT NULL) STRICT;
  CREATE TABLE IF NOT EXISTS plans (reference TEXT PRIMARY KEY, plan TEXT NOT NULL) STRICT;
  CREATE TABLE IF NOT EXISTS strikes (
    reference TEXT NOT NULL, fault TEXT NOT NULL, count INTEGER NOT NULL, PRIMARY KEY (reference, fault)
  ) STRICT;
`;

type Row = { entry: string; hold: string | null };

/** A hold as text. Each hold has one spelling, because commits compare the text. */
const holdText = ({ captured, voided_by }: Hold): string => JSON.stringify([captured, voided_by ?? null]);

function entryOf(row: Row): Entry {
  const entry = JSON.parse(row.entry) as Entry;
  if (row.hold === null) return entry;
  const [captured, voided_by] = JSON.parse(row.hold) as [number, string | null];
  return { ...entry, hold: voided_by === null ? { captured } : { captured, voided_by } };
}

export class SqliteBooks implements Books, Outbox {
  private readonly db: DatabaseSync;
  private readonly onOwed: () => void;

  /** `onOwed` is called after every commit that owes somebody a webhook. */
  constructor(file: string, onOwed: () => void = () => undefined) {
    this.onOwed = onOwed;
    this.db = new DatabaseSync(file);
    this.db.exec(SCHEMA);
  }

  close(): void {
    this.db.close();
  }

  async find(key: string) {
    const sql = "SELECT * FROM operations WHERE idempotency_key = ? ORDER BY position DESC LIMIT 1";
    const row = this.db.prepare(sql).get(key) as Row | undefined;
    return row && entryOf(row);
  }

  async findById(id: string): Promise<Entry | undefined> {
    const row = this.db.prepare("SELECT * FROM operations WHERE id = ?").get(id) as Row | undefined;
    return row && entryOf(row);
  }

  async commit(commit: Commit): Promise<boolean> {
    const done = this.tryCommit(commit);
    if (done) this.onOwed();
    return done;
  }

  async tell(untrue: Entry): Promise<void> {
    this.owe(untrue, "at_once");
    this.onOwed();
  }

  private tryCommit({ insert, change, forget, telling }: Commit): boolean {
    this.db.exec("BEGIN IMMEDIATE");
    try {
      if (forget) this.db.prepare("UPDATE operations SET live_key = NULL WHERE id = ?").run(forget);
      const done = (!change || this.change(change)) && this.insert(insert);
      if (done) this.owe(insert, telling);
      this.db.exec(done ? "COMMIT" : "ROLLBACK");
      return done;
    } catch (error) {
      this.db.exec("ROLLBACK");
      throw error;
    }
  }

  private change({ row: { id, hold }, to }: NonNullable<Commit["change"]>): boolean {
    const sql = "UPDATE operations SET hold = ? WHERE id = ? AND hold = ?";
    return this.db.prepare(sql).run(holdText(to), id, holdText(hold)).changes === 1;
  }

  private owe({ hold: _hold, ...entry }: Entry, telling: Telling | undefined): void {
    const add = this.db.prepare("INSERT INTO notices (entry, is_prompt) VALUES (?, ?)");
    if (telling === "at_once" || telling === "twice") add.run(JSON.stringify(entry), 1);
    if (telling === undefined || telling === "twice") add.run(JSON.stringify(entry), 0);
  }

  async owed(after: number): Promise<Notice[]> {
    const rows = this.db.prepare("SELECT * FROM notices WHERE position > ? ORDER BY position").all(after);
    return rows.map(({ position, entry, tries, is_prompt }) => ({
      position: Number(position),
      entry: JSON.parse(String(entry)) as Entry,
      tries: Number(tries),
      isPrompt: is_prompt === 1,
    }));
  }

  async countTry(position: number): Promise<void> {
    this.db.prepare("UPDATE notices SET tries = tries + 1 WHERE position = ?").run(position);
  }

  async settle(position: number): Promise<void> {
    this.db.prepare("DELETE FROM notices WHERE position = ?").run(position);
  }

  private insert({ hold, ...entry }: Entry): boolean {
    const sql = `INSERT INTO operations (id, idempotency_key, live_key, reference, entry, hold)
      VALUES (?, ?, ?, ?, ?, ?) ON CONFLICT DO NOTHING`;
    const { id, idempotency_key: key, reference } = entry;
    const text = JSON.stringify(entry);
    return (
      this.db.prepare(sql).run(id, key, key, reference, text, hold ? holdText(hold) : null).changes === 1
    );
  }

  async storedAnswer(key: string): Promise<StoredAnswer | undefined> {
    const row = this.db.prepare("SELECT answer FROM answers WHERE key = ?").get(key);
    return row && (JSON.parse(String(row.answer)) as StoredAnswer);
  }

  async storeAnswer(key: string, answer: StoredAnswer): Promise<void> {
    const sql = "INSERT INTO answers VALUES (?, ?) ON CONFLICT DO NOTHING";
    this.db.prepare(sql).run(key, JSON.stringify(answer));
  }

  async keepPlan(reference: string, plan: string): Promise<void> {
    this.db.prepare("INSERT INTO plans VALUES (?, ?) ON CONFLICT DO NOTHING").run(reference, plan);
  }

  async plan(reference: string): Promise<string | undefined> {
    const row = this.db.prepare("SELECT plan FROM plans WHERE reference = ?").get(reference);
    return row && String(row.plan);
  }

  async strike(reference: string, fault: string, times: number): Promise<boolean> {
    const sql = `INSERT INTO strikes VALUES (?, ?, 1)
      ON CONFLICT DO UPDATE SET count = count + 1 WHERE count < ?`;
    return this.db.prepare(sql).run(reference, fault, times).changes === 1;
  }

  async list(reference: string): Promise<Entry[]> {
    const sql = "SELECT * FROM operations WHERE reference = ? ORDER BY position";
    return this.db
      .prepare(sql)
      .all(reference)
      .map((row) => entryOf(row as Row));
  }

  /** The newest 1,000 rows, oldest first. */
  async newest(): Promise<Entry[]> {
    const rows = this.db.prepare("SELECT * FROM operations ORDER BY position DESC LIMIT 1000").all();
    return rows.reverse().map((row) => entryOf(row as Row));
  }
}
