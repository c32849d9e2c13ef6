// A throttle in memory: it counts who took, and refuses whom a test has it refuse.
import { RateLimited } from "../../../functions/lib/errors/registry.ts";
import type { WriteThrottle } from "../../../functions/lib/ports/write-throttle.ts";

export class MemoryThrottle implements WriteThrottle {
  /** The merchants that took a token, in order. */
  readonly taken: string[] = [];
  /** Merchants that get none. */
  readonly refused = new Set<string>();

  async take(merchantId: string): Promise<void> {
    if (this.refused.has(merchantId)) throw RateLimited.by("writes", 40, 4, 3);
    this.taken.push(merchantId);
  }
}
