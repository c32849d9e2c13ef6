// Journals balance or do not exist.
import { describe, expect, it } from "@jest/globals";
import {
  capturedJournal,
  pendingJournal,
  reversingJournal,
} from "../../../../functions/lib/domain/card-journals.ts";
import { depositJournal, journal } from "../../../../functions/lib/domain/journal.ts";
import { CardSaga } from "../../../support/card-saga.ts";

const posting = (account: string, amount: bigint, currency = "EUR") => ({
  account,
  bucket: "available" as const,
  currency,
  amount,
});

describe("a journal", () => {
  it("drops postings of nothing", () => {
    const { postings } = journal("j", [posting("a", 1n), posting("b", 0n), posting("c", -1n)]);
    expect(postings.map(({ account }) => account)).toEqual(["a", "c"]);
  });

  it.each([
    ["does not sum to zero", [posting("a", 1n), posting("b", -2n)]],
    ["sums to zero only across currencies", [posting("a", 1n), posting("b", -1n, "USD")]],
    ["moves nothing", [posting("a", 0n), posting("b", 0n)]],
    ["is empty", []],
  ])("is a defect when it %s", (_, postings) => {
    expect(() => journal("j", postings)).toThrow(expect.objectContaining({ name: "InvariantBroken" }));
  });

  it("captures or reverses only what was posted", async () => {
    const payment = await (await CardSaga.after("authorize-payment")).payment();
    for (const build of [capturedJournal, reversingJournal]) {
      expect(() => build(payment)).toThrow("the ledger was never posted");
    }
  });

  it("is a defect for a payment without a destination", async () => {
    const { destination_account, ...payment } = await (await CardSaga.accepted()).payment();
    expect(destination_account).toBe("settlement");
    expect(() => pendingJournal(payment, 1n)).toThrow("without a destination account");
  });

  it("of a deposit takes from outside what it gives to the account", () => {
    expect(depositJournal("d1", "m1", "acc_a", 7n, "EUR")).toEqual({
      journal_id: "d1:deposit",
      postings: [posting("house/external_funding", -7n), posting("merchant/m1/acc_a", 7n)],
    });
  });
});
