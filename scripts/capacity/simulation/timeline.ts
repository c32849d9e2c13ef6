// What happens next: a queue of events by time. Events of the same time run in the order in which
// they were planned. It is a binary heap, because a minute at 6,000 payments per second is some
// millions of events.
type Planned = { at: number; order: number; run: () => void };

export class Timeline {
  now = 0;
  private readonly heap: Planned[] = [];
  private planned = 0;

  /** Plans `run` for the moment `at`, in seconds. The moment is not before now. */
  plan(at: number, run: () => void): void {
    this.heap.push({ at: Math.max(at, this.now), order: this.planned++, run });
    let index = this.heap.length - 1;
    while (index > 0) {
      const parent = (index - 1) >> 1;
      if (!this.swapsUp(index, parent)) break;
      index = parent;
    }
  }

  after(seconds: number, run: () => void): void {
    this.plan(this.now + seconds, run);
  }

  /** Runs everything that is planned up to `until`, also what these events plan. */
  runUntil(until: number): void {
    for (let next = this.heap[0]; next && next.at <= until; next = this.heap[0]) {
      this.removeFirst();
      this.now = next.at;
      next.run();
    }
  }

  get isEmpty(): boolean {
    return this.heap.length === 0;
  }

  private removeFirst(): void {
    const last = this.heap.pop();
    if (!last || this.heap.length === 0) return;
    this.heap[0] = last;
    let index = 0;
    for (;;) {
      const left = 2 * index + 1;
      const right = left + 1;
      const child = right < this.heap.length && this.before(right, left) ? right : left;
      if (child >= this.heap.length || !this.swapsUp(child, index)) return;
      index = child;
    }
  }

  private before(one: number, other: number): boolean {
    const [a, b] = [this.heap[one] as Planned, this.heap[other] as Planned];
    return a.at < b.at || (a.at === b.at && a.order < b.order);
  }

  /** Swaps the two when the lower one comes first. Returns false when they stand right. */
  private swapsUp(lower: number, upper: number): boolean {
    if (!this.before(lower, upper)) return false;
    [this.heap[lower], this.heap[upper]] = [this.heap[upper] as Planned, this.heap[lower] as Planned];
    return true;
  }
}
