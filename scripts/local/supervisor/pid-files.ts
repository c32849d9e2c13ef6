// Which processes are ours. A pid alone proves nothing, because pids are used again. So a pid file
// also holds the process's start time and its command. A process is killed only when all of it
// still matches.
import { execFileSync } from "node:child_process";
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";

const GONE_WITHIN_MS = 60_000;
const POLL_MS = 20;
type PidFile = { pid: number; identity: string };

const directory = (home: string): string => join(home, "pids");
const fileOf = (home: string, part: string): string => join(directory(home), `${part}.json`);

/** Start time and command of a live process; undefined when there is none. */
export function identityOf(pid: number): string | undefined {
  return existsSync("/proc/self/stat") ? identityInProc(pid) : identityByPs(pid);
}

function identityInProc(pid: number): string | undefined {
  try {
    const boot = readFileSync("/proc/sys/kernel/random/boot_id", "utf8").trim();
    const stat = readFileSync(`/proc/${pid}/stat`, "utf8");
    // proc(5): field 22 is the start time; the second field is in parentheses and may hold blanks.
    const started = stat.slice(stat.lastIndexOf(")") + 2).split(" ")[19];
    const command = readFileSync(`/proc/${pid}/cmdline`, "utf8").replaceAll("\0", " ").trim();
    return command && `${boot} ${started} ${command}`;
  } catch {
    return undefined; // The process is gone.
  }
}

function identityByPs(pid: number): string | undefined {
  try {
    return execFileSync("ps", ["-ww", "-o", "lstart=,command=", "-p", String(pid)], {
      encoding: "utf8",
    }).trim();
  } catch {
    return undefined; // ps exits with 1 when there is no such process.
  }
}

export function writePidFile(home: string, part: string, pid: number): void {
  mkdirSync(directory(home), { recursive: true });
  writeFileSync(
    fileOf(home, part),
    JSON.stringify({ pid, identity: identityOf(pid) ?? "gone" } satisfies PidFile),
  );
}

export const removePidFile = (home: string, part: string): void =>
  rmSync(fileOf(home, part), { force: true });

/**
 * Kills what an earlier run of this home left behind. Resolves, once they are gone, with the names
 * of these parts.
 */
export async function clearOrphans(home: string, parts: readonly string[]): Promise<string[]> {
  if (!existsSync(directory(home))) return [];
  const known = readdirSync(directory(home));
  const cleared = await Promise.all(
    parts.filter((part) => known.includes(`${part}.json`)).map((part) => clearOrphan(home, part)),
  );
  return cleared.filter((part) => part !== undefined);
}

async function clearOrphan(home: string, part: string): Promise<string | undefined> {
  const { pid, identity } = readPidFile(home, part);
  const isOurs = () => identityOf(pid) === identity;
  const wasThere = isOurs();
  if (wasThere) process.kill(pid, "SIGKILL");
  for (const deadline = Date.now() + GONE_WITHIN_MS; isOurs(); await sleep(POLL_MS)) {
    if (Date.now() > deadline)
      throw new Error(`the ${part} part of an earlier run (pid ${pid}) does not die`);
  }
  removePidFile(home, part);
  return wasThere ? part : undefined;
}

/** A file that a crash cut off names nobody. */
function readPidFile(home: string, part: string): PidFile {
  try {
    return JSON.parse(readFileSync(fileOf(home, part), "utf8")) as PidFile;
  } catch (error) {
    console.error(`${part}: its pid file was ignored: ${error}`);
    return { pid: 0, identity: "nobody" };
  }
}
