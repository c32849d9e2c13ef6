// The figures of a sweep: how old the oldest open payment is, how many wait for a person, how many switches are on.
import { describe, expect, it } from "@jest/globals";
import { switchesOn, Tally } from "../../functions/sweep-payments/tally.ts";

const NOW = Date.parse("2026-01-01T01:00:00.000Z");
const accepted = (time: string, status: "PENDING" | "PROCESSING" | "IN_REVIEW" = "PROCESSING") => ({
  status,
  created_at: `2026-01-01T${time}.000Z`,
});

describe("a sweep", () => {
  it("tells the age of the oldest payment that is neither verified nor parked", () => {
    const tally = new Tally();
    tally.note(accepted("00:58:00"), "running");
    tally.note(accepted("00:55:00", "PENDING"), "unstarted");
    tally.note(accepted("00:10:00", "IN_REVIEW"), "resting");
    expect(tally.figures(NOW)).toEqual({ OldestOpenSeconds: 300, PaymentsInReview: 1 });
    expect(tally.seen).toEqual({ running: 1, unstarted: 1, resting: 1 });
  });

  it("tells an age of nothing when nothing is open", () => {
    expect(new Tally().figures(NOW)).toEqual({ OldestOpenSeconds: 0, PaymentsInReview: 0 });
  });

  it("counts a switch once for each rail that it holds back", async () => {
    const on = (name: string) => ({ isOn: async (what: string, rail: string) => `${rail}/${what}` === name });
    expect(await switchesOn(on("card/stop-pivots"))).toBe(1);
    expect(await switchesOn(on("nothing"))).toBe(0);
  });
});
