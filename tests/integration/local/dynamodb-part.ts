// The database part alone, on a home of its own, and the DynamoDB Local that it starts.
import { mkdtempSync, readFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type RunningPart, startPart } from "../../support/local-part.ts";

export const newHome = (): string => mkdtempSync(join(tmpdir(), "contra-database-"));

/** The pid of DynamoDB Local, from the file that the part leaves for its next start. */
export const javaPid = (home: string): number =>
  (JSON.parse(readFileSync(join(home, "pids", "dynamodb-local.json"), "utf8")) as { pid: number }).pid;

export function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}

/** On a port of its own at each start, as DynamoDB Local has one. */
export const startDatabasePart = (home: string): Promise<RunningPart> => startPart("dynamodb", home);
