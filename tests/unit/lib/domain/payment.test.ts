// What a payment shows, and what of it counts as done.
import { describe, expect, it } from "@jest/globals";
import { violations } from "../../../../functions/lib/contracts/contract.ts";
import * as schemas from "../../../../functions/lib/contracts/schemas.ts";
import { isRefused, toApi, undoneSteps } from "../../../../functions/lib/domain/payment.ts";
import { CardSaga } from "../../../support/card-saga.ts";

describe("a payment over the API", () => {
  it("shows nothing of marks, owner, verification and token", async () => {
    const saga = await CardSaga.after("notify-payment", { payment_method: "pm_1" });
    await saga.payments.close(saga.payment_id, "2026-01-01T00:00:00.000Z");
    const shown = Object.keys(toApi(await saga.payment()));
    const inner = ["marks", "owner_execution", "verified_at", "notified_at"];
    for (const name of [...inner, "payment_method"]) expect(shown).not.toContain(name);
  });

  it("says since when it is cancelled, as other times are said", async () => {
    const saga = await CardSaga.after("authorize-payment");
    expect(toApi(await saga.payment())).not.toHaveProperty("cancel_requested_at");
    await saga.requestCancel();
    const shown = toApi(await saga.payment());
    expect(shown.cancel_requested_at).toBe(new Date(saga.clock.now()).toISOString());
    expect(violations(schemas.Payment, shown)).toEqual([]);
  });

  it("has no failure where none happened", async () => {
    const shown = toApi(await (await CardSaga.after("notify-payment")).payment());
    expect(shown).not.toHaveProperty("failure");
    expect(shown).not.toHaveProperty("error_message");
  });
});

describe("undone steps", () => {
  it("are listed latest first, whatever the clocks of their hosts said", async () => {
    const payment = await (await CardSaga.accepted()).payment();
    for (const [posted, authorized] of [
      [1, 2],
      [2, 2],
      [3, 2],
    ] as const) {
      const undone = { "authorize-payment": authorized, "post-ledger": posted };
      const record = { ...payment, marks: { ...payment.marks, undone } };
      expect(undoneSteps(record)).toEqual(["post-ledger", "authorize-payment"]);
    }
  });
});

describe("a step is refused", () => {
  const failed = async (code: string) => {
    const payment = await (await CardSaga.accepted()).payment();
    return { ...payment, failure: { code, message: "", step: "authorize-payment" } };
  };

  it("when its own failure is a clear no", async () => {
    expect(isRefused(await failed("CardDeclined"), "authorize-payment")).toBe(true);
  });

  it("not when another step's failure is, nor when its own leaves a doubt", async () => {
    expect(isRefused(await failed("CardDeclined"), "capture-payment")).toBe(false);
    expect(isRefused(await failed("OutcomeUnknown"), "authorize-payment")).toBe(false);
  });
});
