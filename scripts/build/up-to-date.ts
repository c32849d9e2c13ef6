// Work that is done only when it has to be done. A stamp keeps a hash of all sources: content and
// not times, because a checkout changes only a file's time. Of a result the stamp keeps size and
// time: nobody but the work writes results, and hashing 40 MB of bundles takes longer than a start.
import { createHash } from "node:crypto";
import {
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from "node:fs";
import { dirname, join, relative } from "node:path";

/** Paths are relative to the repository. `from` names files and folders, which need not exist. */
export type Work = { name: string; from: readonly string[] };
/** Path → hash of its content, or its size and time, or `missing`. */
type Marks = Record<string, string>;
type Stamp = { from: Marks; made: Marks };

/** What says which packages the work may read: what is locked, and what npm has installed. */
export const PACKAGES = ["package-lock.json", "node_modules/.package-lock.json"];
const MISSING = "missing";

/**
 * Calls `make` unless all its results are there and come from the same sources. Resolves with
 * true when it was called. `make` returns the paths of its results. These may lie in the folders
 * of the sources.
 */
export async function unlessUpToDate(
  root: string,
  { name, from }: Work,
  make: () => Promise<string[]> | string[],
): Promise<boolean> {
  const file = join(root, "dist", "stamps", `${name}.json`);
  const before = readStamp(file);
  const sources = marksOf(filesAt(root, from), root, hashOf);
  if (before && isSame(without(sources, before.made), before.from)) {
    if (isSame(marksOf(Object.keys(before.made), root, looksOf), before.made)) return false;
  }
  // Work that is killed must leave no stamp.
  rmSync(file, { force: true });
  const made = marksOf(await make(), root, looksOf);
  // Another build may take a result away: then the next one makes it again.
  if (Object.values(made).includes(MISSING)) return true;
  // The sources as they were before. An edit during the work counts the next time.
  writeStamp(file, { from: without(sources, made), made });
  return true;
}

function filesAt(root: string, paths: readonly string[]): string[] {
  return paths.flatMap((path) => {
    const here = join(root, path);
    if (!existsSync(here) || !statSync(here).isDirectory()) return [path];
    return readdirSync(here, { withFileTypes: true, recursive: true })
      .filter((entry) => entry.isFile())
      .map((entry) => relative(root, join(entry.parentPath, entry.name)));
  });
}

const marksOf = (paths: string[], root: string, markOf: (file: string) => string): Marks =>
  Object.fromEntries(
    [...new Set(paths)].sort().map((path) => {
      const file = join(root, path);
      return [path, existsSync(file) ? markOf(file) : MISSING];
    }),
  );

const hashOf = (file: string): string => createHash("sha256").update(readFileSync(file)).digest("base64url");

function looksOf(file: string): string {
  const { size, mtimeMs } = statSync(file);
  return `${size} bytes at ${mtimeMs}`;
}

const without = (marks: Marks, others: Marks): Marks =>
  Object.fromEntries(Object.entries(marks).filter(([path]) => !Object.hasOwn(others, path)));

const isSame = (one: Marks, other: Marks): boolean => JSON.stringify(one) === JSON.stringify(other);

/** A stamp that cannot be read counts as none. */
function readStamp(file: string): Stamp | undefined {
  try {
    return JSON.parse(readFileSync(file, "utf8")) as Stamp;
  } catch {
    return undefined;
  }
}

function writeStamp(file: string, stamp: Stamp): void {
  mkdirSync(dirname(file), { recursive: true });
  const temporary = `${file}.${process.pid}`;
  writeFileSync(temporary, JSON.stringify(stamp));
  renameSync(temporary, file);
}
