// One stack per home. The lock is SQLite's lock on a file. The kernel releases it however the
// holder dies, so it is never stale. Two starts at the same moment cannot both get it.
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";

/**
 * Milliseconds. A stack whose `make` was killed needs a moment to notice. The home is
 * free only then.
 */
const WAIT_MS = 3_000;
const BUSY = 5;

/** Thrown when another stack runs on the home. */
export class HomeTaken extends Error {
  override readonly name = "HomeTaken";
}

/**
 * Takes the home for the life of this process. The lock ends when the returned database is closed.
 */
export function lockHome(home: string): DatabaseSync {
  const lock = new DatabaseSync(join(home, "supervisor.lock"), { timeout: WAIT_MS });
  try {
    lock.exec("BEGIN EXCLUSIVE");
  } catch (error) {
    lock.close();
    if ((error as { errcode?: number }).errcode !== BUSY) throw error;
    throw new HomeTaken(
      `a stack is already running on ${home}: stop it with Ctrl-C, or start another one with CONTRA_HOME=`,
    );
  }
  return lock;
}
