// The directory of merchants: who lives in which cell. It stands outside of every cell. It is read
// when a merchant comes, never when one pays.
import type { Commitments, Placement } from "../domain/cell-placement.ts";

export interface Directory {
  find(merchantId: string): Promise<Placement | undefined>;
  commitments(): Promise<Commitments>;
  /**
   * Records a placement for life and adds its rate to the cell's promises, both or neither.
   * `taken`: the merchant was placed before. `full`: the cell has promised too much meanwhile.
   * Nothing is written in either case.
   */
  record(placement: Placement, capacity: number): Promise<"recorded" | "taken" | "full">;
  /**
   * Changes the rate that a placed merchant is promised. `outrun`: its rate is no longer the one in
   * `placed`. `full`: the cell cannot promise the difference. Nothing is written in either case.
   */
  resize(placed: Placement, rate: number, capacity: number): Promise<"resized" | "outrun" | "full">;
}
