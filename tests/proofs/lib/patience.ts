// A client that keeps asking, as a client of payments must. What got no answer, or a 5xx, is sent
// again unchanged, and not before Retry-After has passed.
import { setTimeout as wait } from "node:timers/promises";
import { until as untilThen } from "../../support/until.ts";
import type { Answer } from "./client.ts";

const PAUSE_MS = 250;
/** Longer than the gateway lets a function take. */
const ANSWERS_WITHIN_MS = 35_000;

/**
 * A bound for what hangs: how long an answer or an end may take is a machine's business, and no
 * claim.
 */
const LAST_RESORT_MS = 20 * 60_000;

/** The first answer that settles something; throws naming `what` when there never is one. */
export async function patiently(what: string, send: () => Promise<Answer>): Promise<Answer> {
  const deadline = Date.now() + LAST_RESORT_MS;
  let last = "never sent";
  while (Date.now() < deadline) {
    let pauseMs = PAUSE_MS;
    try {
      const answer = await inTime(send());
      if (answer.status < 500 && answer.status !== 429) return answer;
      last = `${answer.status} ${answer.text}`;
      pauseMs = Math.max(PAUSE_MS, Number(answer.headers.get("retry-after") ?? 0) * 1000);
    } catch (error) {
      // No connection, or one that broke: whether the request arrived is unknown, and its key makes
      // it safe to repeat.
      last = String(error);
    }
    await wait(pauseMs);
  }
  throw new Error(`no answer within ${LAST_RESORT_MS / 1000} s: ${what}: ${last}`);
}

/**
 * Asks again after each pause until there is an answer; throws naming `what` when there never is
 * one.
 */
export const until = <T>(what: string, ask: () => Promise<T | undefined>, pauseMs = 500): Promise<T> =>
  untilThen(ask, what, { pauseMs, lastResortMs: LAST_RESORT_MS });

async function inTime<T>(answer: Promise<T>): Promise<T> {
  const late = new AbortController();
  const tooLate = wait(ANSWERS_WITHIN_MS, undefined, { signal: late.signal }).then(() => {
    throw new Error(`no answer within ${ANSWERS_WITHIN_MS} ms`);
  });
  try {
    return await Promise.race([answer, tooLate]);
  } finally {
    // The race is over: the loser's end is nobody's error.
    tooLate.catch(() => undefined);
    late.abort();
  }
}
