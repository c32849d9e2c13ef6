// Which tasks run now. A machine has few cores: where all tasks run at once, each takes so long
// that its time limit passes, and the retries make everything later still. So a few run, and those
// of the oldest execution go first: what was begun ends before more begins. AWS does the same when
// executions reach a quota: it delays their transitions, and a task's limit begins with the task.
import { availableParallelism } from "node:os";

/** Half of them wait for a provider at any moment. */
const TASKS_PER_CORE = 8;

type Waiter = { age: number; begin: () => void };

export class TaskTurns {
  private readonly most: number;
  private readonly least: number;
  private readonly waiting: Waiter[] = [];
  private running = 0;
  private isYielding = false;

  constructor(cores = availableParallelism()) {
    this.least = cores;
    this.most = cores * TASKS_PER_CORE;
  }

  /**
   * Resolves when a task may run, with what must be called after it. `age` orders executions: the
   * older, the smaller.
   */
  async take(age: number): Promise<() => void> {
    await new Promise<void>((begin) => {
      const after = this.waiting.findLastIndex((waiter) => waiter.age <= age);
      this.waiting.splice(after + 1, 0, { age, begin });
      this.beginDue();
    });
    return () => {
      this.running -= 1;
      this.beginDue();
    };
  }

  /** While requests wait for an environment, no more tasks begin than there are cores. */
  yieldTo(requestsWaiting: number): void {
    this.isYielding = requestsWaiting > 0;
  }

  private beginDue(): void {
    const width = this.isYielding ? this.least : this.most;
    while (this.running < width) {
      const next = this.waiting.shift();
      if (!next) return;
      this.running += 1;
      next.begin();
    }
  }
}
