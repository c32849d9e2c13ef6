// What one sweep saw of the payments that are not closed, in figures that alarms are set on.
import { RAILS, SWITCHES } from "../lib/domain/saga-definition.ts";
import type { Glance, Open } from "../lib/ports/payment-store.ts";
import type { Switches } from "../lib/ports/switches.ts";
import type { Missed } from "./open-index-scan.ts";
import type { Seen } from "./watch-sagas.ts";

const WORTH_A_LINE: readonly Seen[] = ["parked", "notification-failed", "redriven", "unstarted", "stale"];

export class Tally {
  readonly seen: Partial<Record<Seen, number>> = {};
  /** Payments and lists of shards that could not be read. */
  missed = 0;
  private oldest = Number.POSITIVE_INFINITY;
  private readonly inReview = new Set<string>();

  /**
   * Counts a payment. Returns true where a log line helps, so that the payment is found by its id.
   */
  note(payment: Glance, seen: Seen): boolean {
    this.seen[seen] = (this.seen[seen] ?? 0) + 1;
    this.count(payment);
    return WORTH_A_LINE.includes(seen);
  }

  /**
   * Counts what could not be read, and returns its name for the log. A payment that was not read is
   * as old as its list shows.
   */
  miss(missed: Missed): { payment_id: string } | { list: string } {
    this.missed += 1;
    if ("list" in missed) return missed;
    if ("page" in missed) return this.missPage(missed.page);
    if (missed.payment) this.count(missed.payment);
    else this.age(missed.open.since);
    return { payment_id: missed.open.payment_id };
  }

  private missPage(page: Open[]): { list: string } {
    for (const { since } of page) this.age(since);
    return { list: `${page.length} payments from ${page[0]?.payment_id} on` };
  }

  /**
   * `now` is in milliseconds since the epoch. With no open payment the age is 0, which shows that
   * the sweep ran. A round that was not whole gives no figures: it does not show that nothing
   * waits, and the alarms must see that figures are missing.
   */
  figures(now: number, isWhole: boolean): { OldestOpenSeconds?: number; PaymentsInReview?: number } {
    if (!isWhole) return {};
    const age = Number.isFinite(this.oldest) ? (now - this.oldest) / 1000 : 0;
    return { OldestOpenSeconds: age, PaymentsInReview: this.inReview.size };
  }

  /**
   * Parked payments count, but not for the age: they wait for a person, however long that takes.
   */
  private count({ payment_id, status, created_at }: Glance): void {
    if (status === "IN_REVIEW") this.inReview.add(payment_id);
    else this.age(created_at);
  }

  private age(since: string): void {
    this.oldest = Math.min(this.oldest, Date.parse(since));
  }
}

/** How many switches hold a rail back. A switch of a provider counts once for each of its rails. */
export async function switchesOn(switches: Switches): Promise<number> {
  let on = 0;
  for (const rail of RAILS) for (const what of SWITCHES) if (await switches.isOn(what, rail)) on += 1;
  return on;
}
