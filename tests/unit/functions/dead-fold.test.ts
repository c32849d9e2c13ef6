// While the fold is dead payments complete, and none of them is closed: its journals never reach
// the balances, and a trial balance of what was folded is always zero.
import { describe, expect, it } from "@jest/globals";
import type { PaymentEvent } from "../../../functions/lib/contracts/event-types.ts";
import { reportIntegrity } from "../../../functions/report-integrity/report-integrity.ts";
import { Books } from "../../../functions/sweep-payments/see-to-books.ts";
import { sweepPayments } from "../../../functions/sweep-payments/sweep-payments.ts";
import { verifyIntegrity } from "../../../functions/verify-integrity/verify-integrity.ts";
import { CardSaga } from "../../support/card-saga.ts";
import { MemoryFindingStore } from "../../support/memory/memory-finding-store.ts";

const MINUTE = 60_000;

/** A payment of 10.00 EUR that was paid and announced, and whoever looks after it. */
async function paid() {
  const saga = await CardSaga.after("notify-payment");
  const findings = new MemoryFindingStore();
  const integrity = verifyIntegrity({ ...saga, findings });
  const last = (await saga.payments.events(saga.payment_id)).at(-1) as PaymentEvent;
  return {
    saga,
    last,
    verify: (event = last, receives = 1) => integrity(event, receives),
    sweep: sweepPayments({
      ...saga,
      shards: 1,
      until: Number.POSITIVE_INFINITY,
      books: new Books({ ...saga, findings }),
    }),
    report: reportIntegrity({ ledger: saga.ledger, findings, clock: saga.clock }),
    available: async () => (await saga.ledger.balances("merchant/m1/settlement"))[0]?.available,
  };
}

describe("a payment whose journals never reach the balances", () => {
  it("is not closed, though the books that were folded balance", async () => {
    const { saga, verify, report, available } = await paid();
    const verdict = await verify();
    const { trial_balance } = await report();
    expect([trial_balance.balanced, trial_balance.journals_covered]).toEqual([true, 0]);
    expect(await available()).toBeUndefined();
    expect(verdict).not.toBe("closed");
    expect((await saga.payment()).verified_at).toBeUndefined();
  });

  it("is waited for within a minute, however often its message comes, then swept, and closed", async () => {
    const { saga, verify, sweep, available } = await paid();
    const { queued } = saga.verifications;
    expect(await verify()).toBe("awaiting the fold");
    for (let waits = 1; waits <= 5; waits++) {
      saga.clock.advance(10_000);
      expect(await verify(queued.at(-1)?.event)).toBe("awaiting the fold");
      expect(queued).toHaveLength(waits + 1);
    }
    saga.clock.advance(10_000);
    expect(await verify(queued.at(-1)?.event)).toBe("left to the sweep");
    expect(queued).toHaveLength(6);
    await sweep();
    expect(await available()).toBe(985n);
    expect(queued).toHaveLength(7);
    expect(await verify(queued.at(-1)?.event)).toBe("closed");
  });

  it("is named by the report once the sweep could not fold them for five minutes either", async () => {
    const { saga, sweep, report } = await paid();
    const { fold } = saga.ledger;
    saga.ledger.fold = async () => Promise.reject(new Error("refused"));
    saga.clock.advance(5 * MINUTE + 1_000);
    await sweep();
    const named = [{ payment_id: saga.payment_id, kind: "journal-unfolded" }];
    expect((await report()).open_findings.oldest).toMatchObject(named);
    saga.ledger.fold = fold;
    await sweep();
    expect((await report()).open_findings.oldest).toEqual([]);
  });

  it("is closed at its first look where the fold lives", async () => {
    const { saga, verify } = await paid();
    await saga.ledger.foldAll();
    expect(await verify()).toBe("closed");
    expect(saga.verifications.queued).toEqual([]);
  });
});
