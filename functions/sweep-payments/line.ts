// A short line between whoever finds work and whoever does it more slowly. While it is full the
// finder waits, so that a sweep holds a bounded number of payments.

const MOST_WAITING = 200;

export class Line<Work> {
  private readonly waiting: Work[] = [];
  private hasEnded = false;
  private wakers: (() => void)[] = [];

  /** Resolves when there was room for it. */
  async put(work: Work): Promise<void> {
    while (this.waiting.length >= MOST_WAITING) await this.change();
    this.waiting.push(work);
    this.wake();
  }

  /** Nothing more comes. */
  end(): void {
    this.hasEnded = true;
    this.wake();
  }

  /** All of it in its order, until the end. For one reader. */
  async *work(): AsyncGenerator<Work> {
    for (;;) {
      const [next] = this.waiting.splice(0, 1);
      if (next !== undefined) {
        this.wake();
        yield next;
      } else if (this.hasEnded) return;
      else await this.change();
    }
  }

  private change(): Promise<void> {
    return new Promise((resolve) => this.wakers.push(resolve));
  }

  private wake(): void {
    for (const resolve of this.wakers.splice(0)) resolve();
  }
}
