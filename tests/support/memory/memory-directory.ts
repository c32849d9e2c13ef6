// The directory in memory, as its port says it.
import type { Commitments, Placement } from "../../../functions/lib/domain/cell-placement.ts";
import type { Directory } from "../../../functions/lib/ports/directory.ts";

export class MemoryDirectory implements Directory {
  private readonly placed = new Map<string, Placement>();
  private readonly committed = new Map<string, number>();

  async find(merchantId: string): Promise<Placement | undefined> {
    return this.placed.get(merchantId);
  }

  async commitments(): Promise<Commitments> {
    return new Map(this.committed);
  }

  async record(placement: Placement, capacity: number): Promise<"recorded" | "taken" | "full"> {
    const { merchant_id, cell, rate_per_second } = placement;
    if (this.placed.has(merchant_id)) return "taken";
    const committed = (this.committed.get(cell) ?? 0) + rate_per_second;
    if (committed > capacity) return "full";
    this.placed.set(merchant_id, placement);
    this.committed.set(cell, committed);
    return "recorded";
  }

  async resize(placed: Placement, rate: number, capacity: number): Promise<"resized" | "outrun" | "full"> {
    const { merchant_id, cell, rate_per_second } = placed;
    const found = this.placed.get(merchant_id);
    if (found?.rate_per_second !== rate_per_second) return "outrun";
    const committed = (this.committed.get(cell) ?? 0) + rate - rate_per_second;
    if (rate > rate_per_second && committed > capacity) return "full";
    this.placed.set(merchant_id, { ...found, rate_per_second: rate });
    this.committed.set(cell, committed);
    return "resized";
  }
}
