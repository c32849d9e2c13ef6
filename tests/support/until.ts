// Waits for what a test expects to happen, and not for a time: a busy machine is slow, and not wrong.
import { until as untilWithin } from "../proofs/lib/patience.ts";

const WITHIN_SECONDS = 60;
const PAUSE_MS = 25;

/** Asks again until there is something, and returns it; throws naming `what` after a minute. */
export const until = <Found>(
  ask: () => Promise<Found | undefined | false> | Found | undefined | false,
  what = String(ask),
): Promise<Found> => {
  const askOnce = async (): Promise<Found | undefined> => {
    const found = await ask();
    return found === false ? undefined : found;
  };
  return untilWithin(what, WITHIN_SECONDS, askOnce, PAUSE_MS);
};
