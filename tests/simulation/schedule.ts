// Virtual time: what happens next is what stands earliest in the queue, and nothing takes time but
// what says so.
import type { Clock } from "../../functions/lib/ports/clock.ts";
import type { Random } from "../../scripts/lib/random.ts";

export const START = Date.parse("2026-01-01T00:00:00.000Z");

export type Timer = { at: number; run: () => void; cancelled: boolean };

export class Schedule {
  /** Milliseconds since the start. */
  now = 0;
  events = 0;
  private readonly queue: Timer[] = [];

  in(milliseconds: number, run: () => void): Timer {
    const timer = { at: this.now + milliseconds, run, cancelled: false };
    let low = 0;
    let high = this.queue.length;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if ((this.queue[middle]?.at ?? 0) <= timer.at) low = middle + 1;
      else high = middle;
    }
    this.queue.splice(low, 0, timer);
    return timer;
  }

  pause(milliseconds: number): Promise<void> {
    return new Promise((resolve) => this.in(milliseconds, resolve));
  }

  /**
   * Runs until nothing is left to happen. False when there was more than `most`: then something
   * goes in circles.
   */
  async drain(most: number): Promise<boolean> {
    for (let timer = this.queue.shift(); timer; timer = this.queue.shift()) {
      if (timer.cancelled) continue;
      if (++this.events > most) return false;
      this.now = timer.at;
      timer.run();
      // Everything that awaits this instant goes on before the next one begins.
      await new Promise((resolve) => setImmediate(resolve));
    }
    return true;
  }

  /** The clock of a host that runs in this time, and is so many milliseconds ahead of it. */
  clock(random: Random, skewMs = 0): Clock {
    const now = () => START + Math.floor(this.now + skewMs);
    return {
      now,
      ago: (milliseconds) => now() - milliseconds,
      ahead: (milliseconds) => now() + milliseconds,
      sleep: (milliseconds) => this.pause(milliseconds),
      random: () => random.next(),
    };
  }
}
