// The ledger's stream: every journal of a batch is folded, and contention is waited out as long as
// the function's life allows.
import { describe, expect, it, jest } from "@jest/globals";
import type { Context, DynamoDBBatchResponse } from "aws-lambda";
import { journalItem, journalOf } from "../../../functions/lib/adapters/dynamodb/journal-writes.ts";
import { depositJournal, type Journal } from "../../../functions/lib/domain/journal.ts";
import { StoreContention } from "../../../functions/lib/errors/registry.ts";
import { coldStart } from "../../support/cold-start.ts";
import { linesOf, metricsIn, SPEAKING } from "../../support/log-lines.ts";
import { ManualClock } from "../../support/memory/manual-clock.ts";
import { wiringOf } from "../../support/wiring.ts";

type Handler = { handler: (event: unknown, context: Context) => Promise<DynamoDBBatchResponse> };
const JOURNALS = ["d1", "d2"].map((id) => depositJournal(id, "m1", "a", 5n, "EUR"));
const EVENT = {
  Records: JOURNALS.map((journal, index) => ({
    dynamodb: {
      SequenceNumber: String(index),
      NewImage: journalItem(journal, "2026-01-01T00:00:00.000Z"),
    },
  })),
};

/** Folds the two journals in a function that has so long to live. */
async function run(fold: (journals: Journal[]) => Promise<number>, leftMs = 30_000) {
  const clock = new ManualClock();
  const ledger = { fold: jest.fn((journals: Journal[], _patientUntil?: number) => fold(journals)) };
  jest.doMock("../../../functions/lib/wiring.ts", () => wiringOf({ ledger, clock }, { journalOf }));
  const { handler } = coldStart<Handler>("fold-balances/handler.ts", SPEAKING);
  const context = { awsRequestId: "r1", getRemainingTimeInMillis: () => leftMs } as Context;
  let outcome: unknown;
  const lines = await linesOf(async () => {
    outcome = await handler(EVENT, context).catch((error: Error) => error.name);
  });
  const [journals, patientUntil = 0] = ledger.fold.mock.calls[0] ?? [];
  return { outcome, journals, patienceMs: patientUntil - clock.now(), metrics: metricsIn(lines) };
}

describe("a batch of the ledger's stream", () => {
  it("is folded whole, and counted by what was new", async () => {
    const { outcome, journals, metrics } = await run(async () => 1);
    expect(outcome).toEqual({ batchItemFailures: [] });
    expect(journals).toEqual(JOURNALS);
    expect(metrics).toMatchObject([{ name: "JournalsFolded", value: 1 }]);
  });

  it("waits contention out for half of the function's life", async () => {
    expect((await run(async () => 2)).patienceMs).toBe(15_000);
    expect((await run(async () => 2, 20_000)).patienceMs).toBe(10_000);
  });

  it("comes again whole where that was not enough", async () => {
    const { outcome } = await run(() => Promise.reject(new StoreContention("busy")));
    expect(outcome).toBe("StoreContention");
  });
});
