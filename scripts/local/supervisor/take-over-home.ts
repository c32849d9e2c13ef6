// A home that was made before the parts had the names of AWS's services: its folders get the names of
// today. One rename per folder, each whole or not at all, so a start that is killed in between is
// finished by the next one.
import { existsSync, readdirSync, renameSync, rmdirSync } from "node:fs";
import { join } from "node:path";

/** The folder of then → the folder of now. */
const RENAMED: Readonly<Record<string, string>> = {
  database: "dynamodb",
  engine: "step-functions",
  bus: "messaging",
  functions: "lambda",
  gateway: "api-gateway",
};

/** The parts by their names of then: a process of theirs may have outlived its stack. */
export const FORMER_PARTS = Object.keys(RENAMED);
/** Where the tables of DynamoDB Local lay. */
export const FORMER_TABLES = "database";

/** Thrown when a folder stands under both names: which one holds the books, a person must say. */
export class HomeDivided extends Error {
  override readonly name = "HomeDivided";
}

/**
 * Renames what has an old name and gives the old names that were there. Throws HomeDivided before it
 * touches anything. For the holder of the home's lock.
 */
export function takeOverHome(home: string): string[] {
  const old = Object.entries(RENAMED).filter(([from]) => existsSync(join(home, from)));
  for (const [from, to] of old) demandFree(home, from, to);
  for (const [from, to] of old) {
    // Nothing is in it.
    if (existsSync(join(home, to))) rmdirSync(join(home, to));
    renameSync(join(home, from), join(home, to));
  }
  return old.map(([from]) => from);
}

function demandFree(home: string, from: string, to: string): void {
  if (!existsSync(join(home, to)) || readdirSync(join(home, to)).length === 0) return;
  throw new HomeDivided(
    `${home} has both ${from} and ${to}, of which one holds the books: move the other one elsewhere`,
  );
}
