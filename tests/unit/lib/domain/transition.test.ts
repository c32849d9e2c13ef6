// A transition: the next version, its event, and nothing that the table of statuses forbids.
import { describe, expect, it } from "@jest/globals";
import { applyTransition, type Transition } from "../../../../functions/lib/domain/transition.ts";
import { CardSaga } from "../../../support/card-saga.ts";

const NOTIFY: Transition = {
  guard: { execution: "attempt-1" },
  step: "notify-payment",
  status: "COMPLETED",
  changes: { notified_at: "2026-01-02T00:00:00.000Z" },
  event: { type: "payment.notified", data: {} },
  journals: [],
  achieves: { done: "notify-payment" },
};
const NOW = Date.parse("2026-01-02T00:00:00.000Z");

describe("a transition", () => {
  it("counts the version up by one and numbers its event with it", async () => {
    const before = await (await CardSaga.after("capture-payment")).payment();
    const { payment, event } = applyTransition(before, NOTIFY, NOW);
    expect([payment.version, event.sequence]).toEqual([before.version + 1, before.version + 1]);
    expect(event).toMatchObject({
      event_id: `${before.payment_id}:${payment.version}`,
      type: "payment.notified",
      version: 1,
      occurred_at: "2026-01-02T00:00:00.000Z",
      status: "COMPLETED",
    });
  });

  it("leaves the payment that it was given as it was", async () => {
    const before = await (await CardSaga.after("capture-payment")).payment();
    const copy = structuredClone(before);
    applyTransition(before, { ...NOTIFY, achieves: { undone: "post-ledger" } }, NOW);
    expect(before).toEqual(copy);
  });

  it("refuses a way that no payment may take", async () => {
    const before = await (await CardSaga.after("capture-payment")).payment();
    for (const status of ["PENDING", "PROCESSING", "FAILED", "CANCELED", "IN_REVIEW"] as const) {
      const refused = () => applyTransition(before, { ...NOTIFY, status }, NOW);
      expect(refused).toThrow(`from COMPLETED to ${status}`);
    }
  });
});
