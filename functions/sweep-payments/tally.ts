// What one sweep saw of the payments that are not closed, in figures that alarms are set on.
import type { PaymentRecord } from "../lib/domain/payment.ts";
import { RAILS, SWITCHES } from "../lib/domain/rails.ts";
import type { Switches } from "../lib/ports/switches.ts";
import type { Seen } from "./watch-sagas.ts";

export class Tally {
  readonly seen: Partial<Record<Seen, number>> = {};
  private oldest = Number.POSITIVE_INFINITY;
  private inReview = 0;

  /** Parked payments are counted and not aged: they wait for a person, as long as that may take. */
  note({ status, created_at }: Pick<PaymentRecord, "status" | "created_at">, seen: Seen): void {
    this.seen[seen] = (this.seen[seen] ?? 0) + 1;
    if (status === "IN_REVIEW") this.inReview += 1;
    else this.oldest = Math.min(this.oldest, Date.parse(created_at));
  }

  /** `now` in milliseconds since the epoch. Nothing open is an age of 0: that the sweep ran must show as well. */
  figures(now: number): { OldestOpenSeconds: number; PaymentsInReview: number } {
    const age = Number.isFinite(this.oldest) ? (now - this.oldest) / 1000 : 0;
    return { OldestOpenSeconds: age, PaymentsInReview: this.inReview };
  }
}

/** How many switches hold a rail back; one that is turned for a provider counts for each of its rails. */
export async function switchesOn(switches: Switches): Promise<number> {
  let on = 0;
  for (const rail of RAILS) for (const what of SWITCHES) if (await switches.isOn(what, rail)) on += 1;
  return on;
}
