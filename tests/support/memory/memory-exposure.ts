// An exposure that a test declares full.
import type { Rail } from "../../../functions/lib/contracts/types.ts";
import type { Exposure } from "../../../functions/lib/ports/exposure.ts";

export class MemoryExposure implements Exposure {
  readonly full = new Set<Rail>();

  async isFull(rail: Rail): Promise<boolean> {
    return this.full.has(rail);
  }
}
