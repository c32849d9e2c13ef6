// What an environment goes by for a while without asking again. It is bounded: a cell has some
// thousands of merchants, and above that the oldest is forgotten and asked for again.
import type { Clock } from "../ports/clock.ts";

const REMEMBERED = 10_000;

/** True of what was asked for within the time. A clock that was set back keeps nothing fresh. */
export const isFresh = (askedAt: number, milliseconds: number, clock: Pick<Clock, "now" | "ago">): boolean =>
  askedAt > clock.ago(milliseconds) && askedAt <= clock.now();

export class ShortMemory<Value> {
  private readonly clock: Pick<Clock, "now" | "ago">;
  private readonly milliseconds: number;
  private readonly known = new Map<string, { value: Value; since: number }>();

  constructor(clock: Pick<Clock, "now" | "ago">, milliseconds: number) {
    this.clock = clock;
    this.milliseconds = milliseconds;
  }

  get(key: string): Value | undefined {
    const known = this.known.get(key);
    return known && isFresh(known.since, this.milliseconds, this.clock) ? known.value : undefined;
  }

  /** `since` is when it was asked for: an answer may have been on its way for long. */
  keep(key: string, value: Value, since: number): void {
    this.known.delete(key);
    const [oldest] = this.known.keys();
    if (this.known.size >= REMEMBERED && oldest !== undefined) this.known.delete(oldest);
    this.known.set(key, { value, since });
  }
}
