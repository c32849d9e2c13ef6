// A client that keeps asking, as a client of payments must: what got no answer, or a 5xx, is sent again unchanged.
import { setTimeout as wait } from "node:timers/promises";
import type { Answer } from "./client.ts";

const PAUSE_MS = 250;
/** Longer than the gateway lets a function take. */
const ANSWERS_WITHIN_MS = 35_000;

/** The first answer that settles something; throws naming `what` when there is none within `seconds`. */
export async function patiently(what: string, send: () => Promise<Answer>, seconds = 60): Promise<Answer> {
  const deadline = Date.now() + seconds * 1000;
  let last = "never sent";
  while (Date.now() < deadline) {
    try {
      const answer = await inTime(send());
      if (answer.status < 500 && answer.status !== 429) return answer;
      last = `${answer.status} ${answer.text}`;
    } catch (error) {
      // No connection, or one that broke: whether the request arrived is unknown, and its key makes it safe to repeat.
      last = String(error);
    }
    await wait(PAUSE_MS);
  }
  throw new Error(`no answer within ${seconds} s: ${what}: ${last}`);
}

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
