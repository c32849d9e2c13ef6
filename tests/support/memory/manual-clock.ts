// A clock that stands still until a test moves it; waiting moves it too.
import type { Clock } from "../../../functions/lib/ports/clock.ts";

export class ManualClock implements Clock {
  private time: number;

  constructor(start = Date.parse("2026-01-01T00:00:00.000Z")) {
    this.time = start;
  }

  now(): number {
    return this.time;
  }

  ago(milliseconds: number): number {
    return this.time - milliseconds;
  }

  ahead(milliseconds: number): number {
    return this.time + milliseconds;
  }

  advance(milliseconds: number): void {
    this.time += milliseconds;
  }

  async sleep(milliseconds: number): Promise<void> {
    this.advance(milliseconds);
  }

  random(): number {
    return 0.5;
  }
}
