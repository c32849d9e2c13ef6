// What every operator's journal must do: it only grows, by day, and what a store writes with an act
// stands in it exactly when the act stands.
import { beforeAll, describe, expect, it } from "@jest/globals";
import { merchantKey } from "../../../functions/lib/domain/accounts.ts";
import type { Approval } from "../../../functions/lib/domain/approval.ts";
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

const approvalOf = (key: string): Approval => ({
  approval_id: idFor("deposit", "m1", key),
  merchant_id: "m1",
  account_id: "acc_a",
  amount: 5,
  currency: "EUR",
  requested_by: "mia",
  requested_at: "2026-03-08T10:00:00.000Z",
  expires_at: "2026-03-09T10:00:00.000Z",
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

    it("gets a request's operation with the request, which is kept as it was first asked for", async () => {
      const { operations, approvals } = stores;
      const asked = approvalOf("asked-once");
      const operation = made("2026-03-08", 1, { kind: "deposit-request" });
      const tries = Array.from({ length: 10 }, (_, n) =>
        approvals.request(
          { ...asked, amount: asked.amount + n },
          { ...operation, at: `2026-03-08T10:00:0${n}.000Z` },
        ),
      );
      const answers = await Promise.all(tries);
      const [first] = answers.filter(({ created }) => created);
      expect(answers.filter(({ created }) => created)).toHaveLength(1);
      for (const { approval } of answers) expect(approval).toEqual(first?.approval);
      expect(await approvals.find(asked.approval_id)).toEqual({ approval: first?.approval });
      expect(await operations.ofDay("2026-03-08", 100)).toHaveLength(1);
      const other = approvalOf("asked-by-an-old-hand");
      const [old] = await operations.ofDay("2026-03-08", 1);
      const failed = await approvals.request(other, old as Operation).catch((error: Error) => error.name);
      expect(failed).toBe("InvariantBroken");
      expect(await approvals.find(other.approval_id)).toBeUndefined();
    });

    it("gets an approval with what was approved, once for two who approve at once", async () => {
      const { operations, approvals, ledger } = stores;
      const asked = approvalOf("approved-once");
      await approvals.request(asked, made("2026-03-09", 1, { kind: "deposit-request" }));
      const journal = depositJournal(asked.approval_id, "m1", "approved-once", 5n, "EUR");
      const approve = (by: string, n: number) => {
        const at = `2026-03-10T10:00:0${n}.000Z`;
        const approved = { approval_id: asked.approval_id, by, at };
        return ledger.post(journal, made("2026-03-10", n, { kind: "deposit", by }), approved);
      };
      const posted = await Promise.all([approve("noa", 1), approve("ben", 2)]);
      expect(posted.filter(Boolean)).toHaveLength(1);
      const [entry, ...others] = await operations.ofDay("2026-03-10", 100);
      expect([entry?.by, others]).toEqual([posted[0] ? "noa" : "ben", []]);
      const approved = { approval_id: asked.approval_id, by: entry?.by, at: entry?.at };
      expect(await approvals.find(asked.approval_id)).toEqual({ approval: asked, approved });
    });

    it("gets no second act of one approval", async () => {
      const { approvals, ledger } = stores;
      const asked = approvalOf("one-act");
      await approvals.request(asked, made("2026-03-11", 1, { kind: "deposit-request" }));
      const approved = { approval_id: asked.approval_id, by: "noa", at: "2026-03-11T10:00:00.000Z" };
      const post = (id: string, n: number) =>
        ledger
          .post(depositJournal(id, "m1", "one-act", 5n, "EUR"), made("2026-03-11", n), approved)
          .catch((error: Error) => error.name);
      expect(await post(asked.approval_id, 2)).toBe(true);
      expect(await post("another deposit", 3)).toBe("InvariantBroken");
      expect(await ledger.journal("another deposit:deposit")).toBeUndefined();
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
