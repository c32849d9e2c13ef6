// The sandbox's webhook about a row: its content, when it is sent, and which answers are worth
// another try. The front end decides what is sent when, and keeps it until it was taken.
import type { Entry } from "./books.ts";
import { asOf, shownOf } from "./idempotent-operations.ts";

/** A webhook may arrive from before the call's own answer until long after it. */
export const LATEST_MS = 3_000;
export const MOST_TRIES = 12;
const FIRST_PAUSE_MS = 1_000;
const LONGEST_PAUSE_MS = 60_000;

/** Sends one webhook and resolves with the status of the answer. Rejects when there was none. */
export type Post = (id: string, body: string) => Promise<number>;

/**
 * A webhook about a row. A repetition has the same id. An operation that settles later has two
 * webhooks, with two ids, and so has one of which the contrary is said first.
 */
export type Message = {
  id: string;
  body: string;
  /** When another webhook is due, in milliseconds since the epoch. Absent of the last one. */
  settlesAt?: number;
};

/** The webhook about a row at that moment: the row itself, with its amounts. */
export function messageOf(row: Entry, now: Date): Message {
  const shown = shownOf(row, now);
  const id = `msg_${shown.id}`;
  const { settles_at } = asOf(row, now);
  if (settles_at !== undefined) return message(`${id}_accepted`, shown, settles_at);
  const { contrary_until } = row;
  if (contrary_until === undefined || Date.parse(contrary_until) <= now.getTime()) return message(id, shown);
  const state = shown.state === "refused" ? "succeeded" : "refused";
  return message(`${id}_contrary`, { ...shown, state }, contrary_until);
}

const message = (id: string, operation: object, until?: string): Message => ({
  id,
  body: JSON.stringify({ type: "operation.updated", operation }),
  ...(until === undefined ? {} : { settlesAt: Date.parse(until) }),
});

export const isTaken = (status: number): boolean => status >= 200 && status < 300;
/** A receiver that is absent, busy or broken may take it later. One that objects never will. */
export const isWorthATry = (status: number): boolean => status === 404 || status === 429 || status >= 500;

/** The pause in milliseconds after so many failed tries. `random` is in [0, 1). */
export const pauseAfter = (tries: number, random: number): number =>
  Math.min(LONGEST_PAUSE_MS, FIRST_PAUSE_MS * 2 ** (tries - 1)) * (0.5 + random / 2);
