// The number by which the demo divides every wait, so that retries of minutes pass in seconds. It
// divides deadlines too, but it does not make work faster. On a busy laptop a large scale would
// make each function late, and the demo would show timeouts that nobody ordered.
import { spawnSync } from "node:child_process";

/** A process starts in 40 ms on an idle laptop. With eight builds beside it, it takes a second. */
const SCALES = [
  { startsWithinMs: 120, scale: 8 },
  { startsWithinMs: 300, scale: 4 },
  { startsWithinMs: 900, scale: 2 },
];
const SLOWEST = 1;
const PROBES = 3;

/** The scale for a machine on which a process starts in this many milliseconds. */
export const scaleFor = (milliseconds: number): number =>
  SCALES.find(({ startsWithinMs }) => milliseconds <= startsWithinMs)?.scale ?? SLOWEST;

/** CONTRA_TIME_SCALE if it is set. Otherwise the scale that this machine can take now. */
export function timeScale({ CONTRA_TIME_SCALE }: NodeJS.ProcessEnv): number {
  return CONTRA_TIME_SCALE ? Number(CONTRA_TIME_SCALE) : scaleFor(medianStart());
}

function medianStart(): number {
  const times = Array.from({ length: PROBES }, () => {
    const began = performance.now();
    spawnSync(process.execPath, ["--eval", "0"]);
    return performance.now() - began;
  }).sort((a, b) => a - b);
  return times[Math.floor(PROBES / 2)] ?? 0;
}
