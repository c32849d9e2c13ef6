// What every operator's journal must do: it only grows, by day, and what a store writes with an act
// stands in it exactly when the act stands.
import { beforeAll, describe, expect, it } from "@jest/globals";
import { merchantKey } from "../../../functions/lib/domain/accounts.ts";
import { idFor } from "../../../functions/lib/domain/idempotency.ts";
import { depositJournal } from "../../../functions/lib/domain/journal.ts";
import { type Operation, operationOrder } from "../../../functions/lib/domain/operation.ts";
import type { Stores } from "./fixtures.ts";

/** Each test has a day of its own: `make` gives stores that may hold other tests' operations. */
const made = (day: string, n: number, more: Partial<Operation> = {}): Operation => ({
  operation_id: idFor("operation of a test", day, String(n)),
  kind: "policy",
  at: `${day}T10:00:0${n}.000Z`,
  by: "arn:aws:iam::111122223333:user/mia",
  ...more,
});

export function describeOperatorJournal(name: string, make: () => Promise<Stores>): void {
  describe(`an operator's journal in ${name}`, () => {
    let stores: Stores;
    beforeAll(async () => {
      stores = await make();
    });

    it("keeps all that an operation says, for ever as it was first written", async () => {
      const { operations } = stores;
      const full = made("2026-03-01", 1, {
        reason: "a limit that the merchant asked for",
        merchant_id: "m1",
        payment_id: idFor("payment", "m1", "1"),
        account_id: "acc_a",
        details: { before: { enabled: true }, amount: 999_999_999_999, list: [1, "two"] },
      });
      await operations.record(full);
      await operations.record({ ...full, by: "somebody else", reason: "another" });
      expect(await operations.ofDay("2026-03-01", 10)).toEqual([full]);
    });

    it("lists a day newest first, page by page, and no other day", async () => {
      const { operations } = stores;
      const all = [0, 1, 2, 3, 4].map((n) => made("2026-03-02", n));
      for (const operation of [...all, made("2026-03-03", 1)]) await operations.record(operation);
      const first = await operations.ofDay("2026-03-02", 2);
      expect(first).toEqual([all[4], all[3]]);
      const last = first.at(-1) as Operation;
      expect(await operations.ofDay("2026-03-02", 10, operationOrder(last))).toEqual([
        all[2],
        all[1],
        all[0],
      ]);
      expect(await operations.ofDay("2026-03-04", 10)).toEqual([]);
    });

    it("keeps two operations of one millisecond apart", async () => {
      const { operations } = stores;
      const [one, two] = ["one", "two"].map((id) =>
        made("2026-03-05", 1, { operation_id: idFor("apart", "m1", id) }),
      );
      await Promise.all([one, two].map((operation) => operations.record(operation as Operation)));
      expect(await operations.ofDay("2026-03-05", 10)).toHaveLength(2);
    });

    it("gets a deposit's operation with its journal: once for one that is posted by ten at once", async () => {
      const { operations, ledger } = stores;
      const journal = depositJournal("by ten hands", "m1", "by-ten-hands", 5n, "EUR");
      const operation = made("2026-03-06", 1, { kind: "deposit" });
      const tries = Array.from({ length: 10 }, (_, n) => ({
        ...operation,
        at: `2026-03-06T10:00:0${n}.000Z`,
      }));
      const posted = await Promise.all(tries.map((one) => ledger.post(journal, one)));
      expect(posted.filter(Boolean)).toHaveLength(1);
      const [kept, ...others] = await operations.ofDay("2026-03-06", 100);
      expect(kept).toEqual(tries[posted.indexOf(true)]);
      expect(others).toEqual([]);
    });

    it("gets none of a deposit whose journal stands, and the books get none without its operation", async () => {
      const { operations, ledger } = stores;
      const operation = made("2026-03-07", 1, { kind: "deposit" });
      await operations.record(operation);
      const journal = depositJournal("without its operation", "m1", "no-operation", 5n, "EUR");
      const failed = await ledger.post(journal, operation).then(
        () => "nothing",
        (error: Error) => error.name,
      );
      expect(failed).toBe("InvariantBroken");
      expect(await ledger.journal(journal.journal_id)).toBeUndefined();
      expect(await ledger.balances(merchantKey("m1", "no-operation"))).toEqual([]);
    });
  });
}
