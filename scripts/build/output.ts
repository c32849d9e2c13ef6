// How the build writes a file, and the error that says why it cannot build.
import { existsSync, mkdirSync, readFileSync, renameSync, writeFileSync } from "node:fs";
import { dirname } from "node:path";

/**
 * Thrown when the manifest and the folders disagree, when a source does not bundle, or when a
 * machine's YAML has mistakes. The message is for people.
 */
export class BuildFailed extends Error {
  override readonly name = "BuildFailed";
}

/**
 * Replaces the file in one step, because a running stack may load it now. Writes only what changed.
 */
export function writeWhole(path: string, content: Buffer): void {
  if (existsSync(path) && readFileSync(path).equals(content)) return;
  mkdirSync(dirname(path), { recursive: true });
  const temporary = `${path}.${process.pid}`;
  writeFileSync(temporary, content);
  renameSync(temporary, path);
}
