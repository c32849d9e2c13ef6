// The integrity report: balanced means zero in every currency, over journals that stood still while they were read.
import { describe, expect, it, jest } from "@jest/globals";
import { depositJournal } from "../../functions/lib/domain/journal.ts";
import { reportIntegrity } from "../../functions/report-integrity/report-integrity.ts";
import { ManualClock } from "../support/memory/manual-clock.ts";
import { MemoryLedgerStore } from "../support/memory/memory-ledger-store.ts";

const clock = new ManualClock();

describe("the integrity report", () => {
  it("balances and says over how many journals", async () => {
    const ledger = new MemoryLedgerStore();
    await ledger.fold([
      depositJournal("d1", "m1", "a", 5n, "EUR"),
      depositJournal("d2", "m1", "a", 7n, "USD"),
    ]);
    expect((await reportIntegrity({ ledger, clock })()).trial_balance).toEqual({
      balanced: true,
      settled: true,
      journals_covered: 2,
      currencies: [
        { currency: "EUR", total: "0" },
        { currency: "USD", total: "0" },
      ],
    });
  });

  it.each([
    ["a currency does not sum to zero", { settled: true, total: 1n }],
    ["journals were folded while reading", { settled: false, total: 0n }],
  ])("does not balance when %s", async (_, { settled, total }) => {
    const ledger = new MemoryLedgerStore();
    const sums = { journals: 1, settled, totals: [{ currency: "EUR", total }] };
    jest.spyOn(ledger, "trialBalance").mockResolvedValue(sums);
    expect((await reportIntegrity({ ledger, clock })()).trial_balance.balanced).toBe(false);
  });
});
