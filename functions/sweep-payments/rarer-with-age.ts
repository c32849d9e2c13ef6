// How often the sweep repeats what was most likely done before: each time while something is young,
// and then ever more rarely. A mark that it was done would cost a write for each payment.
import type { Clock } from "../lib/ports/clock.ts";

const EACH_TIME_MS = 300_000;

/**
 * True for what is at most five minutes old; later by chance, of which an age of n times five
 * minutes leaves one in n. _Example:_ what is an hour old comes at about every twelfth sweep.
 */
export function isDue(since: string, clock: Clock): boolean {
  const age = clock.now() - Date.parse(since);
  return clock.random() * age < clock.now() - clock.ago(EACH_TIME_MS);
}
