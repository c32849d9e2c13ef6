// The start queue and its consumer, as AWS polls it and as start-saga treats it: a throttled
// message has not failed.

import manifest from "../../../functions/manifest.json" with { type: "json" };
import { FIRST_PAUSE_MS, REQUEUE_SECONDS, TRIES } from "../../../functions/start-saga/start-saga.ts";
import type { Random } from "../../lib/random.ts";
import type { Timeline } from "./timeline.ts";
import type { TokenBucket } from "./token-bucket.ts";

/**
 * Lambda polls with five batches at once. It adds 300 a minute while there is more, up
 * to a thousand.
 */
const FIRST_WORKERS = 5;
const MORE_WORKERS_PER_SECOND = 5;
const MOST_WORKERS = 1_000;
const CALL_SECONDS = 0.03;

const { max_receives, visibility_timeout_seconds } = manifest.queues.start;

type Message = { payment: number; receives: number };
type Parts = { timeline: Timeline; random: Random; starts: TokenBucket; started: (payment: number) => void };

export class StartQueue {
  /** Payments whose messages are in the queue: waiting, delayed or in work. */
  readonly holds = new Set<number>();
  longest = 0;
  deadLetters = 0;
  private readonly parts: Parts;
  private readonly patient: boolean;
  private readonly visible: Message[] = [];
  private next = 0;
  private busy = 0;
  private busySince = 0;

  /**
   * Without `patient` a throttled message fails and comes back when its visibility ends, as with a
   * naive consumer.
   */
  constructor(parts: Parts, patient = true) {
    this.parts = parts;
    this.patient = patient;
  }

  send(payment: number, delaySeconds = 0): void {
    this.holds.add(payment);
    this.longest = Math.max(this.longest, this.holds.size);
    this.parts.timeline.after(delaySeconds, () => this.show({ payment, receives: 0 }));
  }

  private show(message: Message): void {
    if (this.next === this.visible.length && this.busy === 0) this.busySince = this.parts.timeline.now;
    this.visible.push(message);
    this.poll();
  }

  private poll(): void {
    const { timeline } = this.parts;
    const grown = MORE_WORKERS_PER_SECOND * (timeline.now - this.busySince);
    const workers = Math.min(MOST_WORKERS, FIRST_WORKERS + grown);
    while (this.busy < workers && this.next < this.visible.length) {
      const message = this.visible[this.next++] as Message;
      this.busy += 1;
      this.work({ ...message, receives: message.receives + 1 }, 0);
    }
  }

  private work(message: Message, tried: number): void {
    const { timeline, random, starts } = this.parts;
    timeline.after(CALL_SECONDS, () => {
      if (starts.take(timeline.now)) this.done(message);
      else if (!this.patient) this.failed(message);
      else if (tried + 1 < TRIES)
        timeline.after((random.next() * FIRST_PAUSE_MS * 2 ** tried) / 1000, () =>
          this.work(message, tried + 1),
        );
      else this.requeued(message);
    });
  }

  private done({ payment }: Message): void {
    this.holds.delete(payment);
    this.parts.started(payment);
    this.free();
  }

  private requeued({ payment }: Message): void {
    this.send(payment, REQUEUE_SECONDS);
    this.free();
  }

  private failed(message: Message): void {
    if (message.receives >= max_receives) {
      this.holds.delete(message.payment);
      this.deadLetters += 1;
    } else this.parts.timeline.after(visibility_timeout_seconds, () => this.show(message));
    this.free();
  }

  private free(): void {
    this.busy -= 1;
    this.poll();
  }
}
