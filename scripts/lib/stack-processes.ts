// What a running stack takes of this machine, process by process: memory, and CPU where Linux says
// it. The processes are those that the stack names in its home.
import { execFileSync } from "node:child_process";
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { runningStack } from "./running-stack.ts";

/** Process ids by what they run. The database's Java is a child of the part `dynamodb`. */
export function processesOf(home: string): Record<string, number> {
  const { pid, parts } = runningStack(home);
  const java = JSON.parse(readFileSync(join(home, "pids", "dynamodb-local.json"), "utf8")) as { pid: number };
  const own = Object.entries(parts).map(([part, each]) => [part, each.pid]);
  return { supervisor: pid, ...Object.fromEntries(own), "DynamoDB Local (Java)": java.pid };
}

/**
 * Megabytes of a process. `rss` counts shared memory once for each process. `pss` divides it among
 * them.
 */
export type Memory = { rss: number; pss: number | undefined };

export function memoryOf(pid: number): Memory {
  const kilobytes = Number(execFileSync("ps", ["-o", "rss=", "-p", String(pid)], { encoding: "utf8" }));
  return { rss: kilobytes / 1024, pss: proportionalOf(pid) };
}

/** Only Linux says it. */
function proportionalOf(pid: number): number | undefined {
  const file = `/proc/${pid}/smaps_rollup`;
  if (!existsSync(file)) return undefined;
  const kilobytes = /^Pss: +(\d+) kB$/m.exec(readFileSync(file, "utf8"))?.[1];
  return kilobytes === undefined ? undefined : Number(kilobytes) / 1024;
}

/** Linux counts a process's time in hundredths of a second. */
const TICKS_PER_SECOND = 100;

/** CPU seconds that a process has taken since it began, in all its threads. Needs Linux's /proc. */
export function cpuSecondsOf(pid: number): number {
  const stat = readFileSync(`/proc/${pid}/stat`, "utf8");
  // The second field is a name in brackets, which may hold anything.
  const fields = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
  return (Number(fields[11]) + Number(fields[12])) / TICKS_PER_SECOND;
}
