// How the sandbox tells of a row: its words, when they go out, and which answers are worth another try. What is sent when, and where it
// is kept until it was taken, is the front end's.
import type { Entry } from "./books.ts";
import { asOf } from "./idempotent-operations.ts";

/** From before the call's own answer until long after it. */
export const LATEST_MS = 3_000;
export const MOST_TRIES = 12;
const FIRST_PAUSE_MS = 1_000;
const LONGEST_PAUSE_MS = 60_000;

/** Sends one webhook and resolves with the status of its answer; rejects when there was none. */
export type Post = (id: string, body: string) => Promise<number>;

/** A webhook about a row. A repetition has the same id; what settles later is told of twice, under two ids. */
export type Message = {
  id: string;
  body: string;
  /** When there is more to tell (milliseconds since the epoch): the row was only accepted. */
  settlesAt?: number;
};

/** What the receiver is told of a row at that moment. */
export function messageOf(row: Entry, now: Date): Message {
  const { id, operation, idempotency_key, reference, receive_amount, state, at, settles_at } = asOf(row, now);
  const given = receive_amount === undefined ? {} : { receive_amount };
  const told = { id, operation, idempotency_key, reference, ...given, state, at };
  const isOpen = state === "pending" && settles_at !== undefined;
  return {
    id: isOpen ? `msg_${id}_accepted` : `msg_${id}`,
    body: JSON.stringify({ type: "operation.updated", operation: told }),
    ...(isOpen ? { settlesAt: Date.parse(settles_at) } : {}),
  };
}

export const isTaken = (status: number): boolean => status >= 200 && status < 300;
/** A receiver that is not there yet, or busy, or broken, may take it later; one that objects never will. */
export const isWorthATry = (status: number): boolean => status === 404 || status === 429 || status >= 500;

/** How long to wait after so many tries in vain; `random` in [0, 1). */
export const pauseAfter = (tries: number, random: number): number =>
  Math.min(LONGEST_PAUSE_MS, FIRST_PAUSE_MS * 2 ** (tries - 1)) * (0.5 + random / 2);
