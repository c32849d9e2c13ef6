// How the build puts a file down, and how it says that it cannot.
import { existsSync, mkdirSync, readFileSync, renameSync, writeFileSync } from "node:fs";
import { dirname } from "node:path";

/**
 * Thrown when the manifest and the folders disagree, a source does not bundle, or a machine's YAML has
 * mistakes. The message is for people.
 */
export class BuildFailed extends Error {
  override readonly name = "BuildFailed";
}

/** A running stack may load the file now, so it is replaced at once, and only when it changed. */
export function writeWhole(path: string, content: Buffer): void {
  if (existsSync(path) && readFileSync(path).equals(content)) return;
  mkdirSync(dirname(path), { recursive: true });
  const temporary = `${path}.${process.pid}`;
  writeFileSync(temporary, content);
  renameSync(temporary, path);
}
