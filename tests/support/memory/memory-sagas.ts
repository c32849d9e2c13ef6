// A saga starter that remembers what it was asked, and takes starts only as long as a test lets it.
import type { SagaStarter } from "../../../functions/lib/ports/saga-starter.ts";

export class MemorySagas implements SagaStarter {
  readonly started: string[] = [];
  readonly queued: { paymentId: string; delaySeconds: number | undefined; execution?: string | undefined }[] =
    [];
  /** So many more starts are throttled. */
  throttled = 0;
  /** False: the queue takes nothing. */
  queueWorks = true;

  async start(_rail: string, paymentId: string, execution = paymentId): Promise<boolean> {
    if (this.throttled > 0) {
      this.throttled -= 1;
      return false;
    }
    this.started.push(execution);
    return true;
  }

  async enqueue(paymentId: string, delaySeconds?: number, execution?: string): Promise<boolean> {
    if (this.queueWorks) this.queued.push({ paymentId, delaySeconds, execution });
    return this.queueWorks;
  }
}
