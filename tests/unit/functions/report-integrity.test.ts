// The integrity report: balanced means zero in every currency, over journals that stood still while
// they were read.
import { describe, expect, it, jest } from "@jest/globals";
import { depositJournal } from "../../../functions/lib/domain/journal.ts";
import { reportIntegrity } from "../../../functions/report-integrity/report-integrity.ts";
import { ManualClock } from "../../support/memory/manual-clock.ts";
import { MemoryFindingStore } from "../../support/memory/memory-finding-store.ts";
import { MemoryLedgerStore } from "../../support/memory/memory-ledger-store.ts";

const clock = new ManualClock();
const findings = new MemoryFindingStore();

describe("the integrity report", () => {
  it("balances and says over how many journals", async () => {
    const ledger = new MemoryLedgerStore();
    await ledger.fold([
      depositJournal("d1", "m1", "a", 5n, "EUR"),
      depositJournal("d2", "m1", "a", 7n, "USD"),
    ]);
    expect((await reportIntegrity({ ledger, findings, clock })()).trial_balance).toEqual({
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
    expect((await reportIntegrity({ ledger, findings, clock })()).trial_balance.balanced).toBe(false);
  });

  /** Findings about so many payments, the first of them closed. */
  async function listing(count: number) {
    const store = new MemoryFindingStore();
    for (let n = 0; n < count; n++) {
      const found_at = new Date(clock.now() - n).toISOString();
      await store.open({ payment_id: `p-${n}`, kind: "saga-failed", details: ["it gave up"], found_at });
    }
    await store.close("p-0", new Date(clock.now()).toISOString());
    const ledger = new MemoryLedgerStore();
    return (await reportIntegrity({ ledger, findings: store, clock })()).open_findings;
  }

  it("lists what was found and is not settled, the oldest first", async () => {
    const { oldest, more } = await listing(3);
    expect(oldest.map(({ payment_id, kind }) => [payment_id, kind])).toEqual([
      ["p-2", "saga-failed"],
      ["p-1", "saga-failed"],
    ]);
    expect(more).toBe(false);
  });

  it("lists a hundred findings at most, and says that there are more", async () => {
    const { oldest, more } = await listing(102);
    expect([oldest.length, oldest[0]?.payment_id, more]).toEqual([100, "p-101", true]);
    expect((await listing(101)).more).toBe(false);
  });
});
