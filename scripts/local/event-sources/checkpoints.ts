// The position of a function in each shard of a stream. It moves only after the function took a
// batch, or after a record that it cannot take was put away. So a poller that was killed repeats
// and never skips.
import type { Store } from "../common/messaging-store.ts";

export type Checkpoint = { sequenceNumber: string | undefined; closed: boolean };

export class Checkpoints {
  private readonly store: Store;
  private readonly name: string;

  /** `name` is the function whose checkpoints these are. */
  constructor(store: Store, name: string) {
    this.store = store;
    this.name = name;
  }

  read(stream: string, shard: string): Checkpoint {
    const [row] = this.store.all<{ sequence_number: string | null; closed: number }>(
      "SELECT sequence_number, closed FROM checkpoints WHERE function = ? AND stream = ? AND shard = ?",
      this.name,
      stream,
      shard,
    );
    return { sequenceNumber: row?.sequence_number ?? undefined, closed: row?.closed === 1 };
  }

  move(stream: string, shard: string, sequenceNumber: string): void {
    this.store.run(
      `INSERT INTO checkpoints (function, stream, shard, sequence_number) VALUES (?, ?, ?, ?)
        ON CONFLICT DO UPDATE SET sequence_number = excluded.sequence_number`,
      this.name,
      stream,
      shard,
      sequenceNumber,
    );
  }

  /** The shard was read to its end, or it is gone. Its children may begin. */
  close(stream: string, shard: string): void {
    this.store.run(
      `INSERT INTO checkpoints (function, stream, shard, closed) VALUES (?, ?, ?, 1)
        ON CONFLICT DO UPDATE SET closed = 1`,
      this.name,
      stream,
      shard,
    );
  }
}
