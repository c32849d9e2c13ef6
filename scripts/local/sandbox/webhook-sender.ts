// Sends the webhooks that the laptop's sandbox owes: at least once and in no order. An owed webhook
// lies beside the books until it was taken or given up, so a crash loses none.
import type { Entry } from "../../../functions/lib/sandbox/books.ts";
import type { Pace } from "../../../functions/lib/sandbox/call-execution.ts";
import {
  isTaken,
  isWorthATry,
  LATEST_MS,
  type Message,
  MOST_TRIES,
  messageOf,
  type Post,
  pauseAfter,
} from "../../../functions/lib/sandbox/webhook.ts";
import type { Counters } from "../common/counters.ts";

/** The number of webhooks that are sent at the same time. */
const LANES = 8;
const LOOK_EVERY_MS = 500;

/** A webhook that is owed: the row as it was committed. */
export type Notice = {
  position: number;
  entry: Entry;
  /** How many tries failed. */
  tries: number;
  /** False: it goes out later, and others overtake it. */
  isPrompt: boolean;
};

/** The webhooks that are owed, beside the books that owe them. */
export interface Outbox {
  /** What is owed after a position, in the order of the commits. */
  owed(after: number): Promise<Notice[]>;
  /** Counts one failed try. */
  countTry(position: number): Promise<void>;
  /** The webhook was taken or given up: it is owed no longer. */
  settle(position: number): Promise<void>;
}

export class Courier {
  private readonly outbox: Outbox;
  private readonly post: Post;
  private readonly pace: Pace;
  private readonly counters: Counters;
  private readonly lanes: Promise<unknown>[] = Array.from({ length: LANES }, () => Promise.resolve());
  private readonly now: () => number;
  private takenUp = 0;

  constructor(outbox: Outbox, post: Post, pace: Pace, counters: Counters, now = Date.now) {
    this.now = now;
    this.outbox = outbox;
    this.post = post;
    this.pace = pace;
    this.counters = counters;
  }

  /** Takes up every owed webhook that is not in work yet. Resolves once all of them are settled. */
  async wake(): Promise<void> {
    const fresh = (await this.outbox.owed(this.takenUp)).filter(({ position }) => position > this.takenUp);
    this.takenUp = Math.max(this.takenUp, ...fresh.map(({ position }) => position));
    await Promise.all(fresh.map((notice) => this.deliver(notice)));
  }

  private async deliver(notice: Notice): Promise<void> {
    const { wait, random } = this.pace;
    if (!notice.isPrompt) await wait(random() * LATEST_MS);
    let tries = notice.tries;
    while (tries < MOST_TRIES) {
      const message = this.messageOf(notice);
      const status = await this.inLane(notice, message);
      if (isTaken(status) && message.settlesAt === undefined) return this.outbox.settle(notice.position);
      if (isTaken(status)) {
        await this.untilNext(notice, message);
        continue;
      }
      if (!isWorthATry(status)) break;
      tries += 1;
      await this.outbox.countTry(notice.position);
      await wait(pauseAfter(tries, random()));
    }
    this.counters.add("provider.webhooks.given_up");
    console.error(`webhook given up: ${this.messageOf(notice).body}`);
    await this.outbox.settle(notice.position);
  }

  private messageOf({ entry }: Notice): Message {
    return messageOf(entry, new Date(this.now()));
  }

  /** The next webhook about the row is due within seconds, whether anybody looks or not. */
  private async untilNext(notice: Notice, { id }: Message): Promise<void> {
    while (this.messageOf(notice).id === id) await this.pace.wait(LOOK_EVERY_MS);
  }

  /** Sends behind what is in the lane already. No answer counts as 503. */
  private inLane({ position }: Notice, { id, body }: Message): Promise<number> {
    const lane = position % LANES;
    const sent = (this.lanes[lane] ?? Promise.resolve()).then(() => {
      this.counters.add("provider.webhooks");
      return this.post(id, body).catch(() => 503);
    });
    this.lanes[lane] = sent;
    return sent;
  }
}
