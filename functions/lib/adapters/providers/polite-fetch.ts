// A request that is sent again where the answer is 429 and says how soon: our rate was too high,
// and nothing was done. It goes under the same key, a few times, and within the call's deadline.
import type { Clock } from "../../ports/clock.ts";

/** Waiting is divided by the time scale; so is the time that a call may take. */
export type Pace = Pick<Clock, "now" | "ahead" | "sleep">;

const TRIES = 3;

/** Seconds of a Retry-After. A date is not waited for: nobody here knows the provider's clock. */
const secondsIn = (header: string | null): number | undefined =>
  header !== null && /^\d{1,4}$/.test(header) ? Number(header) : undefined;

/**
 * `within` is how many milliseconds the whole call may take. The wait leaves the answer half of
 * that; what asks for a longer one is answered as it is.
 */
export async function politely(
  send: () => Promise<Response>,
  clock: Pace,
  within: number,
): Promise<Response> {
  const latest = clock.now() + within / 2;
  for (let attempt = 1; ; attempt++) {
    const response = await send();
    const seconds = response.status === 429 ? secondsIn(response.headers.get("retry-after")) : undefined;
    if (seconds === undefined || attempt === TRIES || clock.ahead(seconds * 1_000) > latest) return response;
    await response.body?.cancel();
    await clock.sleep(seconds * 1_000);
  }
}
