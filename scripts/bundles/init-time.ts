// How long a function's bundle takes to load. Each load is a new process on the pinned Node, in the
// environment of the laptop, with the tracer on as on Lambda. The milliseconds are this machine's:
// they serve to compare, and no test depends on them.
import { execFileSync } from "node:child_process";
import { PARTS, type Settings } from "../local/common/settings.ts";
import type { FunctionEntry } from "../local/lambda/catalog.ts";
import { environmentOf } from "../local/lambda/programs.ts";

/**
 * Milliseconds: of loading, and of CPU in the whole life of the process, Node's own start included.
 */
export type InitTime = { min: number; median: number; cpu: number };

/** An address for everything that a function finds in its environment. Loading calls nobody. */
const NOWHERE = "http://127.0.0.1:9";
const settings: Settings = {
  home: "",
  timeScale: 1,
  keepsNothing: true,
  url: Object.fromEntries(PARTS.map((part) => [part, NOWHERE])) as Settings["url"],
};

/** Prints the milliseconds that the bundle took, and those of CPU. */
const LOAD = `const from = performance.now();
require(process.argv[1]);
const { user, system } = process.cpuUsage();
console.log(performance.now() - from, (user + system) / 1000);
process.exit(0);`;

/** Loads the bundle `runs` times, in one process each. Throws what loading throws. */
export function initTimeOf(name: string, entry: FunctionEntry, bundle: string, runs: number): InitTime {
  const env = {
    ...environmentOf(name, entry, settings, {}),
    // Only the sandbox provider's own functions read it. A laptop does not run them.
    CONTRA_API_URL: NOWHERE,
    AWS_XRAY_DAEMON_ADDRESS: "127.0.0.1:9",
  };
  const loads = Array.from({ length: runs }, () =>
    execFileSync(process.execPath, ["--eval", LOAD, bundle], { env, encoding: "utf8" })
      .split(" ")
      .map(Number),
  );
  const sorted = (column: number) => loads.map((load) => load[column] ?? Number.NaN).sort((a, b) => a - b);
  const middle = Math.floor(runs / 2);
  const [times, cpus] = [sorted(0), sorted(1)];
  return {
    min: times[0] ?? Number.NaN,
    median: times[middle] ?? Number.NaN,
    cpu: cpus[middle] ?? Number.NaN,
  };
}
