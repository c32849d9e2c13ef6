// The integrity queue in memory: what was queued, and a queue that may take nothing.
import type { PaymentEvent } from "../../../functions/lib/contracts/event-types.ts";
import type { VerificationQueue } from "../../../functions/lib/ports/verification-queue.ts";

export class MemoryVerifications implements VerificationQueue {
  readonly queued: { event: PaymentEvent; delaySeconds: number | undefined }[] = [];
  works = true;

  async enqueue(event: PaymentEvent, delaySeconds?: number): Promise<boolean> {
    if (this.works) this.queued.push({ event, delaySeconds });
    return this.works;
  }
}
