// SSM parameters, as far as a person and the functions use them. They lie on disk: a parameter that
// was put survives a crash. There are only strings. Every other type is refused by name, so that
// nobody stores a secret here, in the clear.
import { mkdirSync } from "node:fs";
import { dirname } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { ACCOUNT_ID, REGION } from "../common/settings.ts";

const SCHEMA = `
  PRAGMA journal_mode = WAL;
  PRAGMA synchronous = NORMAL;
  CREATE TABLE IF NOT EXISTS parameters (
    name TEXT PRIMARY KEY, value TEXT NOT NULL, version INTEGER NOT NULL, modified_at INTEGER NOT NULL);
`;

type Row = { name: string; value: string; version: number; modified_at: number };

/** A parameter in the shape in which SSM returns it. */
export type Parameter = {
  ARN: string;
  Name: string;
  Type: "String";
  Value: string;
  Version: number;
  DataType: "text";
  LastModifiedDate: number;
};

const shape = ({ name, value, version, modified_at }: Row): Parameter => ({
  ARN: `arn:aws:ssm:${REGION}:${ACCOUNT_ID}:parameter${name}`,
  Name: name,
  Type: "String",
  Value: value,
  Version: version,
  DataType: "text",
  LastModifiedDate: modified_at / 1000,
});

export class Parameters {
  private readonly database: DatabaseSync;

  constructor(file: string) {
    mkdirSync(dirname(file), { recursive: true });
    this.database = new DatabaseSync(file);
    this.database.exec(SCHEMA);
  }

  /** Makes the parameter unless it exists, as Terraform does with one whose value it ignores. */
  provide(name: string, value: string): void {
    this.database
      .prepare("INSERT INTO parameters VALUES (?, ?, 1, ?) ON CONFLICT (name) DO NOTHING")
      .run(name, value, Date.now());
  }

  get(name: string): Parameter | undefined {
    const row = this.database.prepare("SELECT * FROM parameters WHERE name = ?").get(name);
    return row && shape(row as Row);
  }

  /**
   * Parameters below the path `/a/b`: the direct children, or all when `recursive`. They are sorted
   * by name, begin behind `after`, and are at most `limit`.
   */
  below(path: string, recursive: boolean, after: string, limit: number): Parameter[] {
    const prefix = path.endsWith("/") ? path : `${path}/`;
    const rows = this.database.prepare("SELECT * FROM parameters WHERE name > ? ORDER BY name").all(after);
    return (rows as Row[])
      .filter(({ name }) => name.startsWith(prefix))
      .filter(({ name }) => recursive || !name.slice(prefix.length).includes("/"))
      .slice(0, limit)
      .map(shape);
  }

  /**
   * Returns the version that now stands; undefined when the parameter exists and may
   * not be overwritten.
   */
  put(name: string, value: string, overwrite: boolean): number | undefined {
    const row = this.database
      .prepare(
        `INSERT INTO parameters VALUES (?, ?, 1, ?) ON CONFLICT (name) DO UPDATE
          SET value = excluded.value, version = version + 1, modified_at = excluded.modified_at WHERE ? RETURNING version`,
      )
      .get(name, value, Date.now(), overwrite ? 1 : 0);
    return row && Number(row.version);
  }

  close(): void {
    this.database.close();
  }
}
