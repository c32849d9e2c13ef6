// ReverseLedger: the contra entry of PostLedger, at most once, and only of a posting that was made.
import { describe, expect, it, jest } from "@jest/globals";
import { StoreContention } from "../../../functions/lib/errors/registry.ts";
import { CardSaga } from "../../support/card-saga.ts";

const STEP = "reverse-ledger";
const REVERSED = ["accepted", "validated", "authorized", "posted", "reversed"];

describe("reverse-ledger", () => {
  it("cancels the posting with another journal, and leaves the first as it was", async () => {
    const saga = await CardSaga.after("post-ledger");
    const posted = saga.payments.journals.get(`${saga.payment_id}:post-ledger`);
    await saga.run(STEP);
    const reversing = saga.payments.journals.get(`${saga.payment_id}:reverse-ledger`);
    expect(reversing?.postings).toEqual(posted?.postings.map((one) => ({ ...one, amount: -one.amount })));
    expect(saga.payments.journals.get(`${saga.payment_id}:post-ledger`)).toEqual(posted);
    expect(await saga.told()).toEqual(REVERSED);
  });

  it("reverses once when it runs twice", async () => {
    const saga = await CardSaga.after("post-ledger");
    await saga.run(STEP);
    await saga.run(STEP);
    expect(saga.payments.journals.size).toBe(2);
    expect(await saga.told()).toEqual(REVERSED);
  });

  it("reverses the fee that was posted, not the fee of today", async () => {
    const saga = await CardSaga.after("post-ledger");
    saga.policy = { ...saga.policy, card_fee_bps: 0 };
    await saga.run(STEP);
    await saga.ledger.fold([...saga.payments.journals.values()]);
    expect(await saga.ledger.balances("house/fees")).toEqual([
      { currency: "EUR", pending: 0n, available: 0n },
    ]);
  });

  it("writes its tombstone and nothing else when nothing was posted", async () => {
    const saga = await CardSaga.after("authorize-payment");
    await saga.run(STEP);
    expect(saga.payments.journals.size).toBe(0);
    expect(await saga.told()).toEqual(["accepted", "validated", "authorized"]);
    expect((await saga.payment()).marks.tombstone["post-ledger"]).toBeDefined();
  });

  it("leaves no way to a posting that comes late", async () => {
    const saga = await CardSaga.after("authorize-payment");
    await saga.run(STEP);
    expect(await saga.fail("post-ledger")).toBe("UndoStarted");
    expect(saga.payments.journals.size).toBe(0);
  });

  it("can be tried again after contention", async () => {
    const saga = await CardSaga.after("post-ledger");
    jest.spyOn(saga.payments, "commit").mockRejectedValueOnce(new StoreContention("busy"));
    expect(await saga.fail(STEP)).toBe("StoreContention");
    await saga.run(STEP);
    expect(await saga.told()).toEqual(REVERSED);
  });

  it("lets a stale owner write nothing", async () => {
    const saga = await CardSaga.after("post-ledger");
    const before = await saga.everything();
    expect(await saga.fail(STEP, "attempt-0")).toBe("Superseded");
    expect(await saga.everything()).toEqual(before);
  });
});
