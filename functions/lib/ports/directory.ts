// The directory of merchants: who lives in which cell. It stands outside of every cell and is read when merchants come, never when they pay.
import type { Commitments, Placement } from "../domain/cell-placement.ts";

export interface Directory {
  find(merchantId: string): Promise<Placement | undefined>;
  commitments(): Promise<Commitments>;
  /**
   * Records a placement for life, and its rate as promised by the cell, both or neither. `taken`: the merchant was placed before;
   * `full`: the cell has promised too much meanwhile; nothing was written then.
   */
  record(placement: Placement, capacity: number): Promise<"recorded" | "taken" | "full">;
  /**
   * Changes what a placed merchant is promised, where it lives. `outrun`: its rate is no longer what `placed` says; `full`: the cell cannot
   * promise the difference; nothing was written then.
   */
  resize(placed: Placement, rate: number, capacity: number): Promise<"resized" | "outrun" | "full">;
}
