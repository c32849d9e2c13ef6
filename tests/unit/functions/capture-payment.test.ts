// CapturePayment, the pivot: what it does when it dies between its parts. Nothing undoes it once it
// happened.
import { describe, expect, it, jest } from "@jest/globals";
import { StoreContention } from "../../../functions/lib/errors/registry.ts";
import { CardSaga } from "../../support/card-saga.ts";

const STEP = "capture-payment";
const capturable = () => CardSaga.after("post-ledger");
const COMPLETED = ["accepted", "validated", "authorized", "posted", "completed"];

describe("capture-payment", () => {
  it("captures, completes, and moves the money from pending to available in the same write", async () => {
    const saga = await capturable();
    await saga.run(STEP);
    const key = `${saga.payment_id}:capture`;
    expect(await saga.payment()).toMatchObject({ status: "COMPLETED", capture_id: `cap-${key}` });
    expect((await saga.payment()).processed_at).toBeDefined();
    expect(await saga.told()).toEqual(COMPLETED);
    await saga.ledger.fold([...saga.payments.journals.values()]);
    expect(await saga.ledger.balances("merchant/m1/settlement")).toEqual([
      { currency: "EUR", pending: 0n, available: 985n },
    ]);
  });

  it("returns its own result when it runs twice, and calls nobody", async () => {
    const saga = await capturable();
    await saga.run(STEP);
    await saga.run(STEP);
    expect(saga.calls("capture")).toBe(1);
    expect(await saga.told()).toEqual(COMPLETED);
  });

  it("asks by key after a lost answer and does not capture again", async () => {
    const saga = await capturable();
    saga.provider.next("capture", "lose");
    expect(await saga.fail(STEP)).toBe("OutcomeUnknown");
    await saga.run(STEP);
    expect([saga.calls("capture"), saga.calls("find")]).toEqual([1, 1]);
    expect(await saga.told()).toEqual(COMPLETED);
  });

  it("says OutcomeUnknown, never unavailable, once its intent is written", async () => {
    const saga = await capturable();
    saga.provider.next("capture", "unavailable");
    expect(await saga.fail(STEP)).toBe("OutcomeUnknown");
  });

  it("never resends once the key may have expired, however often it is tried", async () => {
    const saga = await capturable();
    saga.provider.next("capture", "unavailable");
    await saga.fail(STEP);
    saga.clock.advance(saga.provider.nature.key_ttl_seconds * 1000 + 1);
    expect(await saga.fail(STEP)).toBe("OutcomeUnknown");
    expect(await saga.fail(STEP)).toBe("OutcomeUnknown");
    expect(saga.calls("capture")).toBe(1);
  });

  it("persists why the capture was declined before it says so", async () => {
    const saga = await capturable();
    saga.provider.next("capture", "refuse");
    expect(await saga.fail(STEP)).toBe("CaptureDeclined");
    expect((await saga.payment()).failure).toEqual({ code: "CaptureDeclined", message: "no", step: STEP });
    expect((await saga.payment()).status).toBe("PROCESSING");
  });

  it("throws CancelRequested and captures nothing when the merchant withdrew before its intent", async () => {
    const saga = await capturable();
    await saga.requestCancel();
    expect(await saga.fail(STEP)).toBe("CancelRequested");
    expect(saga.calls("capture")).toBe(0);
  });

  it("completes although the merchant would cancel after its intent: the capture may have happened", async () => {
    const saga = await capturable();
    const capture = saga.provider.capture.bind(saga.provider);
    jest.spyOn(saga.provider, "capture").mockImplementationOnce(async (request) => {
      await expect(saga.requestCancel()).rejects.toMatchObject({ name: "CannotCancel" });
      return capture(request);
    });
    await saga.run(STEP);
    expect((await saga.payment()).status).toBe("COMPLETED");
  });

  it("throws UndoStarted and captures nothing when the pivot's tombstone stands", async () => {
    const saga = await capturable();
    await saga.tombstone(STEP);
    expect(await saga.fail(STEP)).toBe("UndoStarted");
    expect(saga.calls("capture")).toBe(0);
  });

  it("throws UndoStarted when the provider keeps a tombstone for its key", async () => {
    const saga = await capturable();
    saga.provider.books.set(`${saga.payment_id}:capture`, { outcome: "tombstoned" });
    expect(await saga.fail(STEP)).toBe("UndoStarted");
    expect((await saga.payment()).capture_id).toBeUndefined();
  });

  it("lets a stale owner write nothing and call nobody", async () => {
    const saga = await capturable();
    const before = await saga.everything();
    expect(await saga.fail(STEP, "attempt-0")).toBe("Superseded");
    expect(await saga.everything()).toEqual(before);
  });

  it("turns contention after the call into OutcomeUnknown, then asks and does not capture again", async () => {
    const saga = await capturable();
    jest.spyOn(saga.payments, "commit").mockRejectedValueOnce(new StoreContention("busy"));
    expect(await saga.fail(STEP)).toBe("OutcomeUnknown");
    await saga.run(STEP);
    expect([saga.calls("capture"), saga.calls("find")]).toEqual([1, 1]);
  });

  it("fails as a defect without an authorization, and calls nobody", async () => {
    const saga = await CardSaga.after("validate-payment");
    expect(await saga.fail(STEP)).toBe("InvariantBroken");
    expect(saga.provider.calls).toEqual([]);
  });

  it("fails as a defect where nobody has claimed the payment, as after a restore, and calls nobody", async () => {
    const saga = await CardSaga.accepted();
    expect(await saga.fail(STEP)).toBe("InvariantBroken");
    expect(saga.provider.calls).toEqual([]);
  });
});
