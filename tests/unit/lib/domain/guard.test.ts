// The one judgement about who may write a payment, in its order: tombstone, then cancel, then
// superseded.
import { describe, expect, it } from "@jest/globals";
import { type Guard, objectionTo } from "../../../../functions/lib/domain/guard.ts";
import { type PaymentRecord, unmarked } from "../../../../functions/lib/domain/payment.ts";

const GUARD: Guard = { execution: "mine", step: "capture-payment", refusedIfCancelRequested: true };
const objection = (guard: Guard, payment: Partial<PaymentRecord>) =>
  objectionTo(guard, { marks: unmarked(), ...payment } as PaymentRecord)?.name;

const mine = { owner_execution: "mine" };
const buried = { marks: { ...unmarked(), tombstone: { "capture-payment": 1 } } };
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

  it("lets no step begin after a refusal, nor one that is done", () => {
    const beginning: Guard = { execution: "mine", step: "on-ramp", firstIntentOf: "on-ramp" };
    const refused = { failure: { code: "OnRampDeclined", message: "no", step: "on-ramp" } };
    expect(objection(beginning, mine)).toBeUndefined();
    expect(objection(beginning, { ...mine, ...refused })).toBe("StoreContention");
    expect(objection(beginning, { ...mine, on_ramp_tx_id: "on_1" })).toBe("StoreContention");
  });

  it("lets nothing be built on what was undone", () => {
    const building: Guard = { execution: "mine", requiresNotUndone: "on-ramp" };
    expect(objection(building, mine)).toBeUndefined();
    const marks = { ...unmarked(), undone: { "on-ramp": 1 } };
    expect(objection(building, { ...mine, marks })).toBe("InvariantBroken");
  });

  it("ignores a cancel request where no money can move after the write", () => {
    expect(objection({ execution: "mine" }, { ...mine, ...withdrawn })).toBeUndefined();
  });

  it("ignores the tombstones of other steps, and all of them in an undo", () => {
    expect(objection({ ...GUARD, step: "post-ledger" }, { ...mine, ...buried })).toBeUndefined();
    expect(objection({ execution: "mine" }, { ...mine, ...buried })).toBeUndefined();
  });
});
