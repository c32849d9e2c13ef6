// Where the next sweep goes on. Lost or stale it costs a detour and nothing else: every sweep reads what it finds by itself.
import type { Open } from "./payment-store.ts";

/** In the open index: the shard, and the payment in it that was the last to be looked at; none, from its beginning. */
export type Position = { shard: number; after?: Open };

/** Methods throw StoreUnavailable when the store gives up. */
export interface SweepCursor {
  /** Undefined when the last sweep came round. */
  read(): Promise<Position | undefined>;
  write(position: Position | undefined): Promise<void>;
}
