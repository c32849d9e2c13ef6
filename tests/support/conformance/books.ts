// What every store of the sandbox's books does: commits whole or not at all, and owes a webhook for
// exactly what it committed.
import { describe, expect, it } from "@jest/globals";
import type { Books, Entry } from "../../../functions/lib/sandbox/books.ts";

export type BooksOfTest = {
  books: Books;
  /** The ids of the rows that a webhook was owed for since the last call, once for each. */
  owed: () => Promise<string[]>;
};

let made = 0;

/** A row of a reference that no other test uses. */
function rowOf(more: Partial<Entry> = {}): Entry {
  made += 1;
  const reference = more.reference ?? `p-${made}`;
  return {
    id: `auth_${made}`,
    operation: "authorize",
    idempotency_key: `${reference}:authorize`,
    reference,
    amount: 999_999_999_999,
    currency: "INR",
    state: "succeeded",
    at: new Date(made * 1_000).toISOString(),
    fingerprint: "f",
    ...more,
  };
}
const held = () => ({ ...rowOf(), hold: { captured: 0 } });

export function describeBooks(name: string, make: () => BooksOfTest): void {
  describe(`the books in ${name}`, () => {
    it("find a row by its key, by its id and by its reference", async () => {
      const { books } = make();
      const refusal = { status: 402, code: "card_declined", message: "the card was declined" };
      const row = rowOf({ state: "refused", refusal });
      expect(await books.commit({ insert: row })).toBe(true);
      expect(await books.find(row.idempotency_key)).toEqual(row);
      expect(await books.findById(row.id)).toEqual(row);
      expect(await books.list(row.reference)).toEqual([row]);
    });

    it("keep what a ramp gives, and when what was accepted settles", async () => {
      const { books } = make();
      const row = rowOf({
        operation: "on_ramp",
        receive_amount: Number.MAX_SAFE_INTEGER,
        receive_currency: "USDC",
        state: "pending",
        settles_at: "2026-01-01T00:00:04.000Z",
      });
      await books.commit({ insert: row });
      expect(await books.find(row.idempotency_key)).toEqual(row);
      expect(await books.list(row.reference)).toEqual([row]);
    });

    it("know nothing of what was never committed", async () => {
      const { books } = make();
      expect(await books.find("nobody:authorize")).toBeUndefined();
      expect(await books.findById("auth_nobody")).toBeUndefined();
      expect(await books.list("nobody")).toEqual([]);
      expect(await books.plan("nobody")).toBeUndefined();
      expect(await books.storedAnswer("nobody:authorize")).toBeUndefined();
    });

    it("hold one row per key, and of ten commits at once let one through", async () => {
      const { books, owed } = make();
      const { reference } = rowOf();
      const rows = Array.from({ length: 10 }, () => rowOf({ reference }));
      const won = await Promise.all(rows.map((insert) => books.commit({ insert })));
      expect(won.filter(Boolean)).toHaveLength(1);
      const [only] = await books.list(reference);
      expect(only).toEqual(rows[won.indexOf(true)]);
      expect(await owed()).toEqual([only?.id]);
    });

    it("hold one row per id, whatever its key", async () => {
      const { books } = make();
      const row = rowOf();
      expect(await books.commit({ insert: row })).toBe(true);
      const other = { ...rowOf(), id: row.id };
      expect(await books.commit({ insert: other })).toBe(false);
      expect(await books.findById(row.id)).toEqual(row);
      expect(await books.find(other.idempotency_key)).toBeUndefined();
    });

    it("owe a webhook for each commit, and two where that was ordered", async () => {
      const { books, owed } = make();
      const [once, twice] = [rowOf(), rowOf()];
      await books.commit({ insert: once });
      await books.commit({ insert: twice, telling: "twice" });
      expect((await owed()).sort()).toEqual([once.id, twice.id, twice.id].sort());
      expect(await books.commit({ insert: rowOf({ reference: once.reference }) })).toBe(false);
      expect(await owed()).toEqual([]);
    });

    it("owe one webhook for a row that is told of at once, and none where it is never", async () => {
      const { books, owed } = make();
      const prompt = rowOf();
      await books.commit({ insert: prompt, telling: "at_once" });
      await books.commit({ insert: rowOf(), telling: "never" });
      expect(await owed()).toEqual([prompt.id]);
    });

    it("tell nothing in the place of a row", async () => {
      const { books } = make();
      const row = rowOf();
      await books.commit({ insert: row });
      await books.tell({ ...row, amount: 1 });
      expect(await books.findById(row.id)).toEqual(row);
    });

    it("owe a webhook for what is told and in no books", async () => {
      const { books, owed } = make();
      const untrue = rowOf();
      await books.tell(untrue);
      expect(await owed()).toEqual([untrue.id]);
      expect(await books.list(untrue.reference)).toEqual([]);
      expect(await books.find(untrue.idempotency_key)).toBeUndefined();
      expect(await books.commit({ insert: rowOf({ reference: untrue.reference }) })).toBe(true);
    });

    it("take from a hold what another row takes from it, once", async () => {
      const { books } = make();
      const row = held();
      await books.commit({ insert: row });
      const capture = rowOf({ reference: row.reference, idempotency_key: `${row.reference}:capture` });
      const change = { row, to: { captured: 500 } };
      expect(await books.commit({ insert: capture, change })).toBe(true);
      const again = rowOf({ reference: row.reference, idempotency_key: `${row.reference}:again` });
      expect(await books.commit({ insert: again, change })).toBe(false);
      expect(await books.findById(row.id)).toEqual({ ...row, hold: { captured: 500 } });
      expect(await books.find(again.idempotency_key)).toBeUndefined();
    });

    it("let one of a capture and a void of the same hold through", async () => {
      const { books } = make();
      const row = held();
      await books.commit({ insert: row });
      const of = (operation: "capture" | "void") =>
        rowOf({ operation, reference: row.reference, idempotency_key: `${row.reference}:${operation}` });
      const release = of("void");
      const won = await Promise.all([
        books.commit({ insert: of("capture"), change: { row, to: { captured: 1 } } }),
        books.commit({ insert: release, change: { row, to: { captured: 0, voided_by: release.id } } }),
      ]);
      expect(won.filter(Boolean)).toHaveLength(1);
      expect(await books.list(row.reference)).toHaveLength(2);
    });

    it("keep a void apart from a hold that nobody touched", async () => {
      const { books } = make();
      const row = held();
      await books.commit({ insert: row });
      const hold = { captured: 0, voided_by: "void_1" };
      const release = rowOf({ reference: row.reference, idempotency_key: `${row.reference}:void` });
      await books.commit({ insert: release, change: { row, to: hold } });
      const capture = rowOf({ reference: row.reference, idempotency_key: `${row.reference}:capture` });
      expect(await books.commit({ insert: capture, change: { row, to: { captured: 1 } } })).toBe(false);
      expect(await books.findById(row.id)).toEqual({ ...row, hold });
    });

    it("take from a hold that is voided only as whoever read it voided", async () => {
      const { books } = make();
      const row = { ...rowOf(), hold: { captured: 0, voided_by: "void_1" } };
      await books.commit({ insert: row });
      const take = (voided_by: string) => {
        const taking = rowOf({ reference: row.reference, idempotency_key: `${row.reference}:${voided_by}` });
        const change = { row: { ...row, hold: { captured: 0, voided_by } }, to: { captured: 1, voided_by } };
        return books.commit({ insert: taking, change });
      };
      expect([await take("void_2"), await take("void_1")]).toEqual([false, true]);
      expect(await books.findById(row.id)).toEqual({ ...row, hold: { captured: 1, voided_by: "void_1" } });
    });

    it("forget a key for a new row, and only the row that they were told to forget", async () => {
      const { books } = make();
      const first = rowOf();
      await books.commit({ insert: first });
      const second = rowOf({ reference: first.reference });
      expect(await books.commit({ insert: second, forget: first.id })).toBe(true);
      expect(await books.find(first.idempotency_key)).toEqual(second);
      expect(await books.findById(first.id)).toEqual(first);
      const third = rowOf({ reference: first.reference });
      expect(await books.commit({ insert: third, forget: first.id })).toBe(false);
      expect(await books.list(first.reference)).toEqual([first, second]);
    });

    it("keep the first plan and the first answer", async () => {
      const { books } = make();
      const { reference, idempotency_key: key } = rowOf();
      await books.keepPlan(reference, "lost_capture");
      await books.keepPlan(reference, "refused_capture");
      expect(await books.plan(reference)).toBe("lost_capture");
      const answer = { fingerprint: "f", status: 500, body: { error: { code: "internal_error" } } };
      await books.storeAnswer(key, answer);
      await books.storeAnswer(key, { ...answer, status: 503 });
      expect(await books.storedAnswer(key)).toEqual(answer);
      expect(await books.find(key)).toBeUndefined();
    });

    it("count the strikes of a fault, and let no more through than were ordered", async () => {
      const { books } = make();
      const { reference } = rowOf();
      const strikes = Array.from({ length: 6 }, () => books.strike(reference, "lost_capture", 3));
      expect((await Promise.all(strikes)).filter(Boolean)).toHaveLength(3);
      expect(await books.strike(reference, "lost_void", 1)).toBe(true);
      expect(await books.list(reference)).toEqual([]);
    });
  });
}
