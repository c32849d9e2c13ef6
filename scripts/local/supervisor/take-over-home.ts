// A home that was made before the parts had the names of AWS's services. Its folders get today's
// names, by one rename per folder. The tables have lain in `dynamodb` all along. A rename happens
// whole or not at all, so the next start finishes one that was killed in between.
import { existsSync, readdirSync, renameSync, rmdirSync } from "node:fs";
import { join } from "node:path";

/** The folder's old name → its new name. */
const RENAMED: Readonly<Record<string, string>> = {
  engine: "step-functions",
  bus: "messaging",
  functions: "lambda",
  gateway: "api-gateway",
};

/** The old names of the parts. A process with such a name may have outlived its stack. */
export const FORMER_PARTS = ["database", ...Object.keys(RENAMED)];

/** Thrown when a folder stands under both names. A person must say which one holds the books. */
export class HomeDivided extends Error {
  override readonly name = "HomeDivided";
}

/**
 * Renames what has an old name, and returns the old names that it found. Throws HomeDivided before
 * it touches anything. Only the holder of the home's lock may call it.
 */
export function takeOverHome(home: string): string[] {
  const old = Object.entries(RENAMED).filter(([from]) => existsSync(join(home, from)));
  for (const [from, to] of old) demandFree(home, from, to);
  for (const [from, to] of old) {
    // The folder under the new name is empty.
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
