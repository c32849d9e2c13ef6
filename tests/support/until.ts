// Waits for what a test expects to happen, and not for a time: a busy machine is slow, and not
// wrong.
import { setTimeout as wait } from "node:timers/promises";

/** A bound for what hangs. Whatever lives and makes progress is there long before. */
const LAST_RESORT_MS = 10 * 60_000;
/** A file that hung once has shown it: its other tests need not hang as long. */
const ONCE_HUNG_MS = 30_000;
const PAUSE_MS = 25;

let hasHung = false;

/**
 * Asks again until there is something, and returns it; throws naming `what` when there never is.
 */
export async function until<Found>(
  ask: () => Promise<Found | undefined | false> | Found | undefined | false,
  what = String(ask),
  { pauseMs = PAUSE_MS, lastResortMs = hasHung ? ONCE_HUNG_MS : LAST_RESORT_MS } = {},
): Promise<Found> {
  for (const deadline = Date.now() + lastResortMs; Date.now() < deadline; await wait(pauseMs)) {
    const found = await ask();
    if (found !== undefined && found !== false) return found;
  }
  hasHung = true;
  throw new Error(`it never happened, in ${lastResortMs / 1000} s: ${what}`);
}

/**
 * Tries a case whose moment a busy machine may miss, until it was met. `attempt` answers false when
 * the moment had passed: such a try shows nothing, and the next one needs names of its own.
 */
export async function untilInTime(attempt: (index: number) => Promise<boolean>, what: string): Promise<void> {
  let index = 0;
  await until(() => attempt(index++), what);
}
