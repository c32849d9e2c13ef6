// The manifest as the cloud of this machine builds it. The sandbox provider's own functions, tables
// and queues are left out: the sandbox part takes their place.
import { readFileSync } from "node:fs";

type Entry = { sandbox?: boolean };
const SECTIONS = ["functions", "tables", "queues"];

/** Throws when there is no manifest. */
export function readManifest<Manifest>(path: string): Manifest {
  const manifest = JSON.parse(readFileSync(path, "utf8")) as Record<string, Record<string, Entry>>;
  const built = Object.entries(manifest).map(([section, entries]) => [
    section,
    SECTIONS.includes(section)
      ? Object.fromEntries(Object.entries(entries).filter(([, { sandbox }]) => !sandbox))
      : entries,
  ]);
  return Object.fromEntries(built) as Manifest;
}
