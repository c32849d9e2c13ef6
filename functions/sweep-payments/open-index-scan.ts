// One round through the open index, from where the last sweep stopped. It goes shard after shard,
// each from its oldest payment on. It ends where it began, or when its time is up.
import type { Clock } from "../lib/ports/clock.ts";
import type { Glance, Open, PaymentStore } from "../lib/ports/payment-store.ts";
import type { Position } from "../lib/ports/sweep-cursor.ts";

/** What could not be looked at: a payment, a page of them, or the list of a shard. */
export type Missed = { open: Open; payment?: Glance } | { page: Open[] } | { list: string };

type Way = {
  payments: Pick<PaymentStore, "openBefore">;
  clock: Pick<Clock, "now">;
  shards: number;
  before: string;
  from: Position;
  until: number;
  miss?: ((missed: Missed, error: unknown) => void) | undefined;
};
/** A payment, and the position before it. */
export type Place = { open: Open; at: Position };

/** As many as are read with one call. */
const PAGE = 100;

export class Round {
  listed = 0;
  cutShort = false;
  private readonly way: Way;
  private readonly met = new Set<string>();
  private stopped: Position | undefined;
  private postponed: Position | undefined;

  constructor(way: Way) {
    this.way = way;
  }

  async *pages(): AsyncGenerator<Place[]> {
    const { from, shards } = this.way;
    // The first shard comes again at the end, for the payments before the start position.
    const returns = from.after ? 1 : 0;
    for (let index = 0; index < shards + returns; index++) {
      const shard = (from.shard + index) % shards;
      yield* this.through(index === 0 ? from : { shard });
      if (this.cutShort) return;
    }
  }

  /** The next sweep begins at this place, unless an earlier place was postponed. */
  postpone({ at }: Place): void {
    this.postponed ??= at;
  }

  /** Where the next sweep begins; undefined when nothing is left over. */
  next(): Position | undefined {
    return this.postponed ?? this.stopped;
  }

  /** A shard from the position to its end, or to the first payment that this round saw before. */
  private async *through(from: Position): AsyncGenerator<Place[]> {
    const { payments, shards: _, before, miss } = this.way;
    let at = from;
    while (!this.isOver(at)) {
      let page: Open[];
      try {
        page = await payments.openBefore(at.shard, before, PAGE, at.after);
      } catch (error) {
        miss?.({ list: `shard ${at.shard}` }, error);
        return;
      }
      if (at === from) this.listed += 1;
      const places: Place[] = [];
      for (const open of page.filter(({ payment_id }) => !this.met.has(payment_id))) {
        this.met.add(open.payment_id);
        places.push({ open, at });
        at = { shard: at.shard, after: open };
      }
      if (places.length > 0) yield places;
      if (places.length < PAGE) return;
    }
  }

  private isOver(at: Position): boolean {
    if (this.way.clock.now() < this.way.until) return false;
    this.cutShort = true;
    this.stopped = at;
    return true;
  }
}
