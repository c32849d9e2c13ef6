// When an operation can no longer happen: what its provider says of it, and how long ago it was
// sent.
import { OutcomeAbsent, OutcomePending } from "../errors/registry.ts";
import type { Clock } from "../ports/clock.ts";
import type { Provider, ProviderAnswer } from "../ports/provider.ts";
import { describeAnswer } from "./provider-outcome.ts";

type Nature = Pick<Provider, "nature">;

/**
 * A step may send for as long as its function lives after its intent, which is 20 s. The rest is
 * for an intent whose mark was written late.
 */
const SEND_WINDOW_SECONDS = 30;

/**
 * True when nothing that was sent on that intent can take effect any more. Until then, an operation
 * that the provider has not seen may still arrive. `intendedAt` is in milliseconds since the epoch.
 */
export const hasSendWindowPassed = (intendedAt: number, { nature }: Nature, clock: Clock): boolean =>
  intendedAt < clock.ago((SEND_WINDOW_SECONDS + nature.in_flight_seconds) * 1000);

/**
 * True when a forbidden operation can no longer happen: it is refused for good or tombstoned.
 * What was refused under a key that is decided anew, or never seen, is so once the send window has
 * passed.
 */
export function isImpossible(
  { outcome }: ProviderAnswer,
  { nature }: Nature,
  isWindowPassed: boolean,
): boolean {
  if (outcome === "tombstoned" || (outcome === "refused" && nature.keeps_refusals)) return true;
  return (outcome === "refused" || outcome === "absent") && isWindowPassed;
}

/** The error of a Resolve for a pivot that was forbidden and is not known to have happened. */
export const resolveError = (what: string, answer: ProviderAnswer, isRuledOut: boolean): Error =>
  isRuledOut
    ? new OutcomeAbsent(`${what} ${answer.outcome}`)
    : new OutcomePending(`${what} ${describeAnswer(answer)}`);
