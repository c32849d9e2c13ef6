// Folding while others write the same balances, or while the table throttles: that passes, and is
// no fault of a journal.
import {
  BatchGetItemCommand,
  type DynamoDBClient,
  TransactionCanceledException,
  type TransactWriteItemsCommand,
} from "@aws-sdk/client-dynamodb";
import { describe, expect, it } from "@jest/globals";
import { foldJournals } from "../../../../../functions/lib/adapters/dynamodb/fold-writes.ts";
import { depositJournal } from "../../../../../functions/lib/domain/journal.ts";
import { ManualClock } from "../../../../support/memory/manual-clock.ts";

const SECOND = 1_000;
const JOURNALS = ["d1", "d2"].map((id) => depositJournal(id, "m1", "a", 5n, "EUR"));

type Trouble = {
  /** How often the fold's transaction is cancelled, and for these reasons. */
  cancelled?: number;
  reasons?: string[];
  /** How often the accounts are left out of an answer. */
  throttled?: number;
};

/** A ledger with this trouble, and what was written after it. */
function ledgerWith({ cancelled = 0, reasons = ["TransactionConflict"], throttled = 0 }: Trouble) {
  const left = { cancelled, throttled };
  const written: number[] = [];
  const send = async (command: unknown) => {
    if (command instanceof BatchGetItemCommand)
      return left.throttled-- > 0 ? { UnprocessedKeys: command.input.RequestItems } : { Responses: {} };
    if (left.cancelled-- > 0) {
      const CancellationReasons = reasons.map((Code) => ({ Code }));
      throw new TransactionCanceledException({ message: "cancelled", $metadata: {}, CancellationReasons });
    }
    written.push((command as TransactWriteItemsCommand).input.TransactItems?.length ?? 0);
    return {};
  };
  return { client: { send } as unknown as DynamoDBClient, written };
}

async function fold(trouble: Trouble, patienceMs?: number) {
  const { client, written } = ledgerWith(trouble);
  const clock = new ManualClock();
  const from = clock.now();
  const patientUntil = patienceMs === undefined ? undefined : from + patienceMs;
  const outcome = await foldJournals(client, clock, "ledger", JOURNALS, patientUntil).catch(
    (error: Error) => error.name,
  );
  return { outcome, written, tookMs: clock.now() - from };
}

describe("a fold that meets contention", () => {
  it("goes on for as long as it is told to, and folds every journal in the end", async () => {
    const { outcome, written, tookMs } = await fold({ cancelled: 25 }, 15 * SECOND);
    expect([outcome, written.length]).toEqual([2, 1]);
    expect(tookMs).toBeLessThan(15 * SECOND);
  });

  it("ends as contention when it outlasts that, and not before", async () => {
    const { outcome, written, tookMs } = await fold({ cancelled: 1_000 }, 15 * SECOND);
    expect([outcome, written]).toEqual(["StoreContention", []]);
    expect(tookMs).toBeGreaterThanOrEqual(15 * SECOND);
    expect(tookMs).toBeLessThan(16 * SECOND);
  });

  it("tries six times where nobody says how long", async () => {
    expect((await fold({ cancelled: 5 })).outcome).toBe(2);
    expect((await fold({ cancelled: 6 })).outcome).toBe("StoreContention");
  });

  it("waits for accounts that DynamoDB left out, instead of taking them for unguarded", async () => {
    expect((await fold({ throttled: 5 })).outcome).toBe(2);
    expect((await fold({ throttled: 1_000 })).outcome).toBe("StoreContention");
  });

  it("folds the others where one is in already, however long the contention beside it lasts", async () => {
    const beside = ["ConditionalCheckFailed", "None", "TransactionConflict"];
    expect((await fold({ cancelled: 25, reasons: beside }, 15 * SECOND)).outcome).toBe(2);
    const { outcome, written } = await fold({ cancelled: 1, reasons: beside.slice(0, 2) });
    expect([outcome, written.length]).toEqual([1, 1]);
  });

  it("is not tried again for what no waiting mends", async () => {
    const { outcome, tookMs } = await fold({ cancelled: 1_000, reasons: ["ValidationError"] }, 15 * SECOND);
    expect([outcome, tookMs]).toEqual(["InvariantBroken", 0]);
  });
});
