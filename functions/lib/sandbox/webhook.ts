// The sandbox's webhook about a row: its content, when it is sent, and which answers are worth
// another try. The front end decides what is sent when, and keeps it until it was taken.
import type { Entry } from "./books.ts";
import { asOf } from "./idempotent-operations.ts";

/** A webhook may arrive from before the call's own answer until long after it. */
export const LATEST_MS = 3_000;
export const MOST_TRIES = 12;
const FIRST_PAUSE_MS = 1_000;
const LONGEST_PAUSE_MS = 60_000;

/** Sends one webhook and resolves with the status of the answer. Rejects when there was none. */
export type Post = (id: string, body: string) => Promise<number>;

/**
 * A webhook about a row. A repetition has the same id. An operation that settles later has two
 * webhooks, with two ids.
 */
export type Message = {
  id: string;
  body: string;
  /**
   * When a second webhook is due, in milliseconds since the epoch. Present while the row is
   * pending.
   */
  settlesAt?: number;
};

/** The webhook about a row at that moment: the row itself, with its amounts. */
export function messageOf(row: Entry, now: Date): Message {
  const { fingerprint: _f, refusal: _r, hold: _h, settles_at, ...shown } = asOf(row, now);
  const { id, state } = shown;
  const isOpen = state === "pending" && settles_at !== undefined;
  return {
    id: isOpen ? `msg_${id}_accepted` : `msg_${id}`,
    body: JSON.stringify({ type: "operation.updated", operation: shown }),
    ...(isOpen ? { settlesAt: Date.parse(settles_at) } : {}),
  };
}

export const isTaken = (status: number): boolean => status >= 200 && status < 300;
/** A receiver that is absent, busy or broken may take it later. One that objects never will. */
export const isWorthATry = (status: number): boolean => status === 404 || status === 429 || status >= 500;

/** The pause in milliseconds after so many failed tries. `random` is in [0, 1). */
export const pauseAfter = (tries: number, random: number): number =>
  Math.min(LONGEST_PAUSE_MS, FIRST_PAUSE_MS * 2 ** (tries - 1)) * (0.5 + random / 2);
