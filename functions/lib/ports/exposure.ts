// How much value is in transit, against what may be.
import type { Rail } from "../contracts/types.ts";

export interface Exposure {
  /**
   * True while the value in transit on the rail has reached its cap. Throws StoreUnavailable when
   * it cannot be read.
   */
  isFull(rail: Rail): Promise<boolean>;
}
