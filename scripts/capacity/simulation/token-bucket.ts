// AWS's throttle: a bucket that refills at a rate. `take` is for calls that are refused. `reserve`
// is for work that is delayed.

/**
 * While `from` ≤ now < `to` the bucket refills at `factor` of its rate. A factor of 0 also empties
 * it, as an outage of the API does.
 */
export type Slowdown = { from: number; to: number; factor: number };

export class TokenBucket {
  private readonly size: number;
  private readonly rate: number;
  private readonly slowdowns: readonly Slowdown[];
  private tokens: number;
  private at = 0;

  constructor(size: number, rate: number, slowdowns: readonly Slowdown[] = []) {
    this.size = size;
    this.rate = rate;
    this.slowdowns = slowdowns;
    this.tokens = size;
  }

  /** Takes a token and returns true; returns false when there is none now. */
  take(now: number): boolean {
    this.refill(now);
    if (this.factorAt(now) === 0) this.tokens = 0;
    if (this.tokens < 1) return false;
    this.tokens -= 1;
    return true;
  }

  /** Takes a token, which may be owed. Returns the moment at which the token is there. */
  reserve(now: number): number {
    this.refill(now);
    this.tokens -= 1;
    let owed = -this.tokens;
    for (let at = now; owed > 0; ) {
      const end = this.nextChange(at);
      const rate = this.rate * this.factorAt(at);
      if (rate > 0 && at + owed / rate <= end) return at + owed / rate;
      owed -= rate * (end - at);
      at = end;
    }
    return now;
  }

  private refill(now: number): void {
    while (this.at < now) {
      const end = Math.min(now, this.nextChange(this.at));
      const more = this.rate * this.factorAt(this.at) * (end - this.at);
      this.tokens = Math.min(this.size, this.tokens + more);
      this.at = end;
    }
  }

  private factorAt(now: number): number {
    if (this.slowdowns.length === 0) return 1;
    return this.slowdowns.find(({ from, to }) => from <= now && now < to)?.factor ?? 1;
  }

  private nextChange(now: number): number {
    let next = Number.POSITIVE_INFINITY;
    for (const { from, to } of this.slowdowns) {
      if (from > now && from < next) next = from;
      if (to > now && to < next) next = to;
    }
    return next;
  }
}
