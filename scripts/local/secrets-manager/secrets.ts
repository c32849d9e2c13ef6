// Secrets as Secrets Manager keeps them: the current value and the one before. Functions, and a
// person who rotates a secret, need no more. They lie on disk in the clear, because everybody knows
// the laptop's secrets.
import { createHash } from "node:crypto";
import { mkdirSync, readFileSync } from "node:fs";
import { dirname } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { ACCOUNT_ID, PREFIX, REGION } from "../common/settings.ts";

const SCHEMA = `
  PRAGMA journal_mode = WAL;
  PRAGMA synchronous = NORMAL;
  CREATE TABLE IF NOT EXISTS secrets (
    name TEXT PRIMARY KEY, version_id TEXT NOT NULL, value TEXT NOT NULL, created_at INTEGER NOT NULL,
    previous_id TEXT, previous_value TEXT);
`;

export type Stage = "AWSCURRENT" | "AWSPREVIOUS";
export type SecretVersion = { versionId: string; value: string; createdAt: number };
type Row = {
  version_id: string;
  value: string;
  created_at: number;
  previous_id: string | null;
  previous_value: string | null;
};

/** The name of a provider's secret, as the functions and Terraform compose it. */
export const secretOf = (provider: string): string => `${PREFIX}provider/${provider}`;

/** What the manifest says of each provider's secret. Empty for a manifest without providers. */
export function readPublicSecrets(manifestPath: string): Record<string, string> {
  const { providers = {} } = JSON.parse(readFileSync(manifestPath, "utf8")) as {
    providers?: Record<string, { public_credentials: object }>;
  };
  return Object.fromEntries(
    Object.entries(providers).map(([name, { public_credentials }]) => [
      secretOf(name),
      JSON.stringify(public_credentials),
    ]),
  );
}

/**
 * The secret's ARN. On AWS nobody knows its last six characters before the secret exists. Here they
 * follow from its name.
 */
export function secretArn(name: string): string {
  const suffix = createHash("sha256").update(name).digest("hex").slice(0, 6);
  return `arn:aws:secretsmanager:${REGION}:${ACCOUNT_ID}:secret:${name}-${suffix}`;
}

export class Secrets {
  private readonly database: DatabaseSync;

  constructor(file: string) {
    mkdirSync(dirname(file), { recursive: true });
    this.database = new DatabaseSync(file);
    this.database.exec(SCHEMA);
  }

  /** Makes the secret unless it exists. So a start does not undo a rotation. */
  provide(name: string, value: string): void {
    this.database
      .prepare("INSERT INTO secrets VALUES (?, ?, ?, ?, NULL, NULL) ON CONFLICT (name) DO NOTHING")
      .run(name, crypto.randomUUID(), value, Date.now());
  }

  get(name: string, stage: Stage): SecretVersion | undefined {
    const row = this.database.prepare("SELECT * FROM secrets WHERE name = ?").get(name) as Row | undefined;
    if (!row) return undefined;
    if (stage === "AWSCURRENT")
      return { versionId: row.version_id, value: row.value, createdAt: row.created_at };
    if (row.previous_id === null || row.previous_value === null) return undefined;
    return { versionId: row.previous_id, value: row.previous_value, createdAt: row.created_at };
  }

  /**
   * Makes the value the current one; false when there is no such secret. A repeated
   * token changes nothing.
   */
  put(name: string, value: string, versionId: string): boolean {
    if (!this.get(name, "AWSCURRENT")) return false;
    this.database
      .prepare(
        `UPDATE secrets SET previous_id = version_id, previous_value = value, version_id = ?, value = ?, created_at = ?
          WHERE name = ? AND version_id <> ?`,
      )
      .run(versionId, value, Date.now(), name, versionId);
    return true;
  }
}
