// When a stack has nothing more to do for the payments that were made.
import { setTimeout as wait } from "node:timers/promises";

/**
 * The longest silence between a payment's last writes: the integrity queue holds a message back for
 * five seconds, or for ten where the fold was not done, and its consumer gathers for two.
 */
const QUIET_MS = 14_000;
const LOOK_EVERY_MS = 1_000;
/** A bound for a stack that never comes to rest. */
const LAST_RESORT_MS = 20 * 60_000;

/**
 * Asks `look` every second until `written` has stood still for as long as a payment may be silent:
 * notifications, folds and verifications follow a payment. Answers what `look` saw when it had just
 * come to rest.
 */
export async function untilQuiet<Seen extends { written: number }>(look: () => Promise<Seen>): Promise<Seen> {
  let rest = await look();
  const began = Date.now();
  let since = began;
  while (Date.now() - since < QUIET_MS) {
    await wait(LOOK_EVERY_MS);
    const now = await look();
    if (now.written === rest.written) continue;
    rest = now;
    since = Date.now();
    if (since - began > LAST_RESORT_MS) throw new Error("the stack does not come to rest");
  }
  return rest;
}
