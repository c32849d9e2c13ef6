// Sends the webhooks that the provider owes: at least once, signed by Standard Webhooks, in no order. What is owed lies in the books
// until it was taken or given up, so that a crash forgets none.
import { Webhook } from "standardwebhooks";
import type { Counters } from "../lib/counters.ts";
import type { Books, Entry, Notice } from "./books.ts";
import type { Pace } from "./conduct.ts";

/** From before the call's own answer until long after it. */
const LATEST_MS = 3_000;
const MOST_TRIES = 12;
const FIRST_PAUSE_MS = 1_000;
const LONGEST_PAUSE_MS = 60_000;
const TIMEOUT_MS = 10_000;
/** As many are on their way at once. */
const LANES = 8;

/** Sends one webhook and resolves with the status of its answer; rejects when there was none. */
export type Post = (id: string, body: string) => Promise<number>;

/** Signs at the moment of sending: an old signature would be refused as stale. */
export function signedPost(url: string, secret: string): Post {
  const webhook = new Webhook(secret);
  return async (id, body) => {
    const now = new Date();
    const headers = {
      "content-type": "application/json",
      "webhook-id": id,
      "webhook-timestamp": String(Math.floor(now.getTime() / 1000)),
      "webhook-signature": webhook.sign(id, now, body),
    };
    const signal = AbortSignal.timeout(TIMEOUT_MS);
    const answer = await fetch(url, { method: "POST", headers, body, signal, redirect: "manual" });
    await answer.arrayBuffer();
    return answer.status;
  };
}

/** What the receiver is told of a row. */
export function bodyOf({ id, operation, idempotency_key, reference, state, at }: Entry): string {
  const told = { id, operation, idempotency_key, reference, state, at };
  return JSON.stringify({ type: "operation.updated", operation: told });
}

const isTaken = (status: number): boolean => status >= 200 && status < 300;
/** A receiver that is not there yet, or busy, or broken, may take it later; one that objects never will. */
const isWorthATry = (status: number): boolean => status === 404 || status === 429 || status >= 500;

export class Courier {
  private readonly books: Books;
  private readonly post: Post;
  private readonly pace: Pace;
  private readonly counters: Counters;
  private readonly lanes: Promise<unknown>[] = Array.from({ length: LANES }, () => Promise.resolve());
  private takenUp = 0;

  constructor(books: Books, post: Post, pace: Pace, counters: Counters) {
    this.books = books;
    this.post = post;
    this.pace = pace;
    this.counters = counters;
  }

  /** Takes up what is owed and not taken up yet; resolves once all of it is settled. */
  async wake(): Promise<void> {
    const fresh = (await this.books.owed(this.takenUp)).filter(({ position }) => position > this.takenUp);
    this.takenUp = Math.max(this.takenUp, ...fresh.map(({ position }) => position));
    await Promise.all(fresh.map((notice) => this.deliver(notice)));
  }

  private async deliver(notice: Notice): Promise<void> {
    const { wait, random } = this.pace;
    if (!notice.isPrompt) await wait(random() * LATEST_MS);
    for (let tries = notice.tries; tries < MOST_TRIES; tries += 1) {
      const status = await this.inLane(notice);
      if (isTaken(status)) return this.books.settle(notice.position);
      if (!isWorthATry(status)) break;
      await this.books.countTry(notice.position);
      await wait(Math.min(LONGEST_PAUSE_MS, FIRST_PAUSE_MS * 2 ** tries) * (0.5 + random() / 2));
    }
    this.counters.add("provider.webhooks.given_up");
    console.error(`webhook given up: ${bodyOf(notice.entry)}`);
    await this.books.settle(notice.position);
  }

  /** Sends behind what is in the lane already; no answer counts as 503. */
  private inLane({ position, entry }: Notice): Promise<number> {
    const lane = position % LANES;
    const sent = (this.lanes[lane] ?? Promise.resolve()).then(() => {
      this.counters.add("provider.webhooks");
      return this.post(`msg_${entry.id}`, bodyOf(entry)).catch(() => 503);
    });
    this.lanes[lane] = sent;
    return sent;
  }
}
