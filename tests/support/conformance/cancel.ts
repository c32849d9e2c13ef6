// What a store requires of a merchant's cancel, which nobody has looked for a payment before. Each
// condition is met alone, while everything else agrees; nothing is written then.
import { expect, it } from "@jest/globals";
import type { PaymentRecord } from "../../../functions/lib/domain/payment.ts";
import type { PaymentStore } from "../../../functions/lib/ports/payment-store.ts";
import { acceptanceFor, accepted, claimed, failureOf, OWNER, type Stores, stored } from "./fixtures.ts";

const glanceOf = async (payments: PaymentStore, id: string) => (await payments.glances([id])).get(id);

const PARTS = { owner_execution: OWNER, status: "PROCESSING" } as const;

export function describeCancel(given: () => Stores): void {
  it.each([
    ["is pending", accepted, { metadata: { order: "7", note: "ü" } }],
    ["is in work", claimed, {}],
    ["has been tried, and not its pivot", claimed, { authorization_id: "auth_1" }],
  ])(
    "a payment that %s, and shows it as it is then; without event or version",
    async (title, make, wanted) => {
      const { payments, clock } = given();
      const before = await make(given(), { key: `cancelled while it ${title}`, ...wanted });
      await payments.mark(before.payment_id, "intent", "authorize-payment", {
        execution: OWNER,
        acceptsUnclaimed: true,
      });
      const marked = await stored(given(), before.payment_id);
      const request = await payments.requestCancel(before.payment_id, "m1");
      const after = { ...marked, cancel_requested_at: clock.now() };
      expect(request).toEqual({ payment: await glanceOf(payments, before.payment_id), isNews: true });
      expect(await stored(given(), before.payment_id)).toEqual(after);
      expect(await payments.events(before.payment_id)).toHaveLength(before.version);
    },
  );

  it("once: whoever asks again learns that it stands, and since when, whatever became of the payment", async () => {
    const { payments, clock, hand } = given();
    const { payment_id } = await accepted(given(), { key: "cancelled twice", metadata: { order: "8" } });
    await payments.requestCancel(payment_id, "m1");
    const first = await stored(given(), payment_id);
    clock.advance(1_000);
    const glance = await glanceOf(payments, payment_id);
    expect(await payments.requestCancel(payment_id, "m1")).toEqual({ payment: glance, isNews: false });
    expect(await stored(given(), payment_id)).toEqual(first);
    for (const status of ["IN_REVIEW", "CANCELED", "FAILED"] as const) {
      await hand.alter(payment_id, { status });
      const payment = { ...glance, status };
      expect(await payments.requestCancel(payment_id, "m1")).toEqual({ payment, isNews: false });
    }
  });

  it("nothing of another merchant, and nothing that is none; and says the same of both", async () => {
    const { payments } = given();
    const { payment_id } = await claimed(given(), { key: "another merchant's" });
    const before = await stored(given(), payment_id);
    expect(await payments.requestCancel(payment_id, "m2")).toBeUndefined();
    expect(await stored(given(), payment_id)).toEqual(before);
    await payments.requestCancel(payment_id, "m1");
    expect(await payments.requestCancel(payment_id, "m2")).toBeUndefined();
    const none = acceptanceFor({ key: "cancelled and never accepted" }).payment.payment_id;
    expect(await payments.requestCancel(none, "m1")).toBeUndefined();
    expect(await payments.load(none)).toBeUndefined();
  });

  it.each<[string, Partial<PaymentRecord>]>([
    ["is parked", { status: "IN_REVIEW" }],
    ["has failed", { status: "FAILED" }],
    ["is completed", { status: "COMPLETED" }],
    ["may be captured", { marks: { intent: { "capture-payment": 1 } } as PaymentRecord["marks"] }],
    [
      "may be paid out",
      { rail: "stablecoin", marks: { intent: { "off-ramp": 1 } } as PaymentRecord["marks"] },
    ],
  ])("no payment that %s", async (title, change) => {
    const { payments, hand } = given();
    const { payment_id } = await claimed(given(), { key: `no cancel: it ${title}` });
    await hand.alter(payment_id, { ...PARTS, ...change });
    const before = await stored(given(), payment_id);
    expect(await failureOf(payments.requestCancel(payment_id, "m1"))).toBe("CannotCancel");
    expect(await stored(given(), payment_id)).toEqual(before);
  });
}
