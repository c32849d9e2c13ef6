// Where the next sweep goes on. A lost or stale cursor costs only a detour: every sweep reads what
// it finds itself.
import type { Open } from "./payment-store.ts";

/**
 * In the open index: the shard, and the last payment of it that was looked at. Without one, the
 * shard's beginning.
 */
export type Position = { shard: number; after?: Open };

/** Methods throw StoreUnavailable when the store gives up. */
export interface SweepCursor {
  /** Undefined when the last sweep came round. */
  read(): Promise<Position | undefined>;
  write(position: Position | undefined): Promise<void>;
}
