// The sweep's cursor in memory.
import type { Position, SweepCursor } from "../../../functions/lib/ports/sweep-cursor.ts";

export class MemorySweepCursor implements SweepCursor {
  position: Position | undefined;

  async read(): Promise<Position | undefined> {
    return this.position;
  }

  async write(position: Position | undefined): Promise<void> {
    this.position = position;
  }
}
