// Folding: any order, any grouping and any repetition of the same journals gives the same balances.
import { describe, expect, it } from "@jest/globals";
import fc from "fast-check";
import { type Journal, journal } from "../../functions/lib/domain/journal.ts";
import { MemoryLedgerStore } from "../support/memory/memory-ledger-store.ts";

const ACCOUNTS = ["a", "b", "c"];

/** Journals with ids of their own, each moving an amount from one account to another. */
const journals = fc
  .array(
    fc.record({
      from: fc.constantFrom("a", "b"),
      amount: fc.bigInt({ min: 1n, max: 2n ** 70n }),
      currency: fc.constantFrom("EUR", "JPY"),
      bucket: fc.constantFrom("pending" as const, "available" as const),
    }),
    { minLength: 1, maxLength: 12 },
  )
  .map((drafts) =>
    drafts.map(({ from, amount, currency, bucket }, index) =>
      journal(`j${index}`, [
        { account: from, bucket, currency, amount: -amount },
        { account: "c", bucket, currency, amount },
      ]),
    ),
  );

/** The same journals, each at least once, shuffled and cut into batches. */
const deliveries = journals.chain((all) =>
  fc.record({
    all: fc.constant(all),
    order: fc
      .array(fc.nat({ max: all.length - 1 }), { maxLength: 20 })
      .chain((repeats) =>
        fc.shuffledSubarray([...all.keys(), ...repeats], { minLength: all.length + repeats.length }),
      ),
    batch: fc.integer({ min: 1, max: 7 }),
  }),
);

async function foldedInBatches(all: Journal[], order: number[], size: number): Promise<MemoryLedgerStore> {
  const ledger = new MemoryLedgerStore();
  const stream = order.flatMap((index) => all[index] ?? []);
  for (let from = 0; from < stream.length; from += size) await ledger.fold(stream.slice(from, from + size));
  return ledger;
}

async function balancesOf(ledger: MemoryLedgerStore): Promise<unknown> {
  const byCurrency = (one: { currency: string }, other: { currency: string }) =>
    one.currency.localeCompare(other.currency);
  return Promise.all(ACCOUNTS.map(async (account) => (await ledger.balances(account)).sort(byCurrency)));
}

describe("folding journals", () => {
  it("gives the same balances in any order, batch size and repetition", async () => {
    await fc.assert(
      fc.asyncProperty(deliveries, async ({ all, order, batch }) => {
        const once = new MemoryLedgerStore();
        await once.fold(all);
        const again = await foldedInBatches(all, order, batch);
        expect(await balancesOf(again)).toEqual(await balancesOf(once));
        expect((await again.trialBalance()).journals).toBe(all.length);
      }),
    );
  });

  it("keeps every currency at zero in total", async () => {
    await fc.assert(
      fc.asyncProperty(deliveries, async ({ all, order, batch }) => {
        const { totals } = await (await foldedInBatches(all, order, batch)).trialBalance();
        expect(totals.every(({ total }) => total === 0n)).toBe(true);
      }),
    );
  });
});
