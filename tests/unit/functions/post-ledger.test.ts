// PostLedger: one transaction of state, journal and event. It needs no intent, for it calls nobody.
import { describe, expect, it, jest } from "@jest/globals";
import { StoreContention } from "../../../functions/lib/errors/registry.ts";
import { CardSaga } from "../../support/card-saga.ts";

const STEP = "post-ledger";
const postable = () => CardSaga.after("authorize-payment");

describe("post-ledger", () => {
  it("posts the amount less the fee to the merchant's pending balance", async () => {
    const saga = await postable();
    await saga.run(STEP);
    expect(saga.payments.journals.get(`${saga.payment_id}:post-ledger`)).toEqual({
      journal_id: `${saga.payment_id}:post-ledger`,
      posted_at: (await saga.payment()).updated_at,
      postings: [
        { account: "house/psp_receivable", bucket: "pending", currency: "EUR", amount: -1000n },
        { account: "merchant/m1/settlement", bucket: "pending", currency: "EUR", amount: 985n },
        { account: "house/fees", bucket: "pending", currency: "EUR", amount: 15n },
      ],
    });
    expect(await saga.payment()).toMatchObject({ status: "PROCESSING", fee: 15n, step: STEP });
    expect(await saga.told()).toEqual(["accepted", "validated", "authorized", "posted"]);
  });

  it("posts once when it runs twice, whatever became of the fee meanwhile", async () => {
    const saga = await postable();
    await saga.run(STEP);
    const first = [...saga.payments.journals];
    saga.policy = { ...saga.policy, card_fee_bps: 900 };
    await saga.run(STEP);
    expect([...saga.payments.journals]).toEqual(first);
    expect((await saga.payment()).fee).toBe(15n);
    expect(await saga.told()).toEqual(["accepted", "validated", "authorized", "posted"]);
  });

  it("posts into the destination account of the payment", async () => {
    const saga = await CardSaga.after("authorize-payment", { destination_account: "shop" });
    await saga.run(STEP);
    const accounts = saga.payments.journals.get(`${saga.payment_id}:post-ledger`)?.postings;
    expect(accounts?.map(({ account }) => account)).toContain("merchant/m1/shop");
  });

  it("posts no fee where none is asked", async () => {
    const saga = await postable();
    saga.policy = { ...saga.policy, card_fee_bps: 0 };
    await saga.run(STEP);
    expect(saga.payments.journals.get(`${saga.payment_id}:post-ledger`)?.postings).toHaveLength(2);
    expect((await saga.payment()).fee).toBe(0n);
  });

  it("throws UndoStarted and posts nothing when its undo has begun", async () => {
    const saga = await postable();
    await saga.tombstone(STEP);
    expect(await saga.fail(STEP)).toBe("UndoStarted");
    expect(saga.payments.journals.size).toBe(0);
  });

  it("posts nothing when its undo begins between its reading and its writing", async () => {
    const saga = await postable();
    jest.spyOn(saga.policies, "policyOf").mockImplementationOnce(async () => {
      await saga.run("reverse-ledger");
      return saga.policy;
    });
    expect(await saga.fail(STEP)).toBe("UndoStarted");
    expect(saga.payments.journals.size).toBe(0);
  });

  it("throws CancelRequested and posts nothing when the merchant withdrew", async () => {
    const saga = await postable();
    await saga.requestCancel();
    expect(await saga.fail(STEP)).toBe("CancelRequested");
    expect(saga.payments.journals.size).toBe(0);
  });

  it("lets a stale owner write nothing", async () => {
    const saga = await postable();
    const before = await saga.everything();
    expect(await saga.fail(STEP, "attempt-0")).toBe("Superseded");
    expect(await saga.everything()).toEqual(before);
  });

  it("can be tried again after contention", async () => {
    const saga = await postable();
    jest.spyOn(saga.payments, "commit").mockRejectedValueOnce(new StoreContention("busy"));
    expect(await saga.fail(STEP)).toBe("StoreContention");
    await saga.run(STEP);
    expect(await saga.told()).toEqual(["accepted", "validated", "authorized", "posted"]);
  });
});
