// The figures of a sweep: how old the oldest open payment is, how many wait for a person, how many
// switches are on.
import { describe, expect, it } from "@jest/globals";
import type { PaymentRecord } from "../../../functions/lib/domain/payment.ts";
import { switchesOn, Tally } from "../../../functions/sweep-payments/sweep-metrics.ts";

const NOW = Date.parse("2026-01-01T01:00:00.000Z");
const WHOLE = true;
const accepted = (time: string, status: PaymentRecord["status"] = "PROCESSING") =>
  ({ payment_id: time, status, created_at: `2026-01-01T${time}.000Z` }) as PaymentRecord;
const openSince = (time: string) => ({ payment_id: time, since: `2026-01-01T${time}.000Z` });

describe("a sweep", () => {
  it("tells the age of the oldest payment that is neither verified nor parked", () => {
    const tally = new Tally();
    tally.note(accepted("00:58:00"), "running");
    tally.note(accepted("00:55:00", "PENDING"), "unstarted");
    tally.note(accepted("00:10:00", "IN_REVIEW"), "resting");
    expect(tally.figures(NOW, WHOLE)).toEqual({ OldestOpenSeconds: 300, PaymentsInReview: 1 });
    expect(tally.seen).toEqual({ running: 1, unstarted: 1, resting: 1 });
  });

  it("tells an age of nothing when nothing is open", () => {
    expect(new Tally().figures(NOW, WHOLE)).toEqual({ OldestOpenSeconds: 0, PaymentsInReview: 0 });
  });

  it("tells nothing of a round that was not whole: that is not the same as nothing being open", () => {
    const tally = new Tally();
    tally.miss({ list: "shard 0" });
    expect(tally.figures(NOW, false)).toEqual({});
    expect(tally.missed).toBe(1);
  });

  it("counts and ages what could not be looked at, and once only what was seen before", () => {
    const tally = new Tally();
    tally.miss({ open: openSince("00:50:00") });
    const parked = accepted("00:10:00", "IN_REVIEW");
    tally.note(parked, "resting");
    tally.miss({ open: openSince("00:10:00"), payment: parked });
    expect(tally.figures(NOW, WHOLE)).toEqual({ OldestOpenSeconds: 600, PaymentsInReview: 1 });
    expect(tally.missed).toBe(2);
  });

  it("counts a switch once for each rail that it holds back", async () => {
    const on = (name: string) => ({ isOn: async (what: string, rail: string) => `${rail}/${what}` === name });
    expect(await switchesOn(on("card/stop-pivots"))).toBe(1);
    expect(await switchesOn(on("nothing"))).toBe(0);
  });
});
