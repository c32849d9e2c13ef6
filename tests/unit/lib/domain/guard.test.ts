// The one judgement about who may write a payment, in its order: tombstone, then cancel, then superseded.
import { describe, expect, it } from "@jest/globals";
import { type Guard, objectionTo, type PaymentRecord } from "../../../../functions/lib/domain/payment.ts";

const NO_MARKS = { intent: {}, tombstone: {}, undone: {} };
const GUARD: Guard = { execution: "mine", step: "capture-payment", heedsCancel: true };
const objection = (guard: Guard, payment: Partial<PaymentRecord>) =>
  objectionTo(guard, { marks: NO_MARKS, ...payment } as PaymentRecord)?.name;

const mine = { owner_execution: "mine" };
const buried = { marks: { ...NO_MARKS, tombstone: { "capture-payment": 1 } } };
const withdrawn = { cancel_requested_at: 1 };

describe("a guard", () => {
  it("lets the owner write", () => {
    expect(objection(GUARD, mine)).toBeUndefined();
  });

  it("objects to a stale owner, and to everybody while nobody owns the payment", () => {
    expect(objection(GUARD, { owner_execution: "other" })).toBe("Superseded");
    expect(objection(GUARD, {})).toBe("Superseded");
  });

  it("lets the first claimant write, and the end of a payment nobody claimed", () => {
    expect(objection({ ...GUARD, acceptsUnclaimed: true }, {})).toBeUndefined();
    const claimed = { owner_execution: "other" };
    expect(objection({ ...GUARD, acceptsUnclaimed: true }, claimed)).toBe("Superseded");
  });

  it("puts the tombstone before the cancel request", () => {
    expect(objection(GUARD, { ...mine, ...buried, ...withdrawn })).toBe("UndoStarted");
    expect(objection(GUARD, { ...mine, ...withdrawn })).toBe("CancelRequested");
  });

  it("tells a stale owner nothing but that it is stale", () => {
    expect(objection(GUARD, { owner_execution: "other", ...buried, ...withdrawn })).toBe("Superseded");
  });

  it("ignores a cancel request where no money can move after the write", () => {
    expect(objection({ execution: "mine" }, { ...mine, ...withdrawn })).toBeUndefined();
  });

  it("ignores the tombstones of other steps, and all of them in an undo", () => {
    expect(objection({ ...GUARD, step: "post-ledger" }, { ...mine, ...buried })).toBeUndefined();
    expect(objection({ execution: "mine" }, { ...mine, ...buried })).toBeUndefined();
  });
});
