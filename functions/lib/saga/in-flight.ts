// How long what was sent may still take effect: before that, unseen is not absent.
import type { Clock } from "../ports/clock.ts";
import type { Provider } from "../ports/provider.ts";

/** After its intent a step may send for as long as its function lives (20 s), and the mark itself may have come late. */
const SEND_WINDOW_SECONDS = 30;

/** True when nothing that was sent on an intent of that moment can take effect any more. */
export const isSpent = (intendedAt: number, { nature }: Pick<Provider, "nature">, clock: Clock): boolean =>
  intendedAt < clock.ago((SEND_WINDOW_SECONDS + nature.in_flight_seconds) * 1000);
