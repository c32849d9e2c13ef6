// Reading a payment: its owner sees all of it, everybody else sees that there is nothing.
import { describe, expect, it } from "@jest/globals";
import { violations } from "../../../functions/lib/contracts/contract.ts";
import * as schemas from "../../../functions/lib/contracts/schemas.ts";
import { readCharge, readEvents, readPayment } from "../../../functions/read-payment/read-payment.ts";
import { CardSaga } from "../../support/card-saga.ts";
import { sequencesIn } from "../../support/conformance/fixtures.ts";
import { ConversionSaga } from "../../support/conversion-saga.ts";

describe("reading a payment", () => {
  it("shows it as the API describes it, in every state", async () => {
    const completed = await CardSaga.after("notify-payment", { reference: "r", metadata: { a: "b" } });
    const failed = await CardSaga.after("validate-payment");
    failed.provider.next("authorize", "refuse");
    await failed.fail("authorize-payment");
    await failed.run("fail-payment");
    for (const saga of [completed, failed]) {
      const shown = await readPayment(saga.payments)({ merchantId: "m1", paymentId: saga.payment_id });
      expect(violations(schemas.Payment, shown)).toEqual([]);
    }
  });

  it("shows why it failed and what was undone", async () => {
    const saga = await CardSaga.after("post-ledger");
    saga.provider.next("capture", "refuse");
    await saga.fail("capture-payment");
    await saga.run("reverse-ledger");
    await saga.run("void-authorization");
    await saga.run("fail-payment");
    const shown = await readPayment(saga.payments)({ merchantId: "m1", paymentId: saga.payment_id });
    expect(shown).toMatchObject({
      status: "FAILED",
      failure: { code: "CaptureDeclined", undone: ["post-ledger", "authorize-payment"] },
      error_message: "no",
    });
  });

  it("shows its events in order, without a gap", async () => {
    const saga = await CardSaga.after("notify-payment");
    const { events } = await readEvents(saga.payments)({ merchantId: "m1", paymentId: saga.payment_id });
    expect(sequencesIn(events)).toEqual([1, 2, 3, 4, 5, 6]);
  });

  it("shows a charge as the payment that it is, and no conversion as a charge", async () => {
    const saga = await CardSaga.after("notify-payment");
    const request = { merchantId: "m1", paymentId: saga.payment_id };
    expect(await readCharge(saga.payments)(request)).toEqual(await readPayment(saga.payments)(request));
    const other = await ConversionSaga.after("validate-payment");
    const conversion = { merchantId: "m1", paymentId: other.payment_id };
    expect((await readPayment(other.payments)(conversion)).rail).toBe("stablecoin");
    await expect(readCharge(other.payments)(conversion)).rejects.toMatchObject({ name: "NotFound" });
  });

  it.each([readPayment, readCharge, readEvents])("hides it from another merchant (%p)", async (read) => {
    const saga = await CardSaga.after("notify-payment");
    const other = read(saga.payments)({ merchantId: "m2", paymentId: saga.payment_id });
    await expect(other).rejects.toMatchObject({ name: "NotFound" });
  });

  it.each(["", "x", "../../PAYMENT", "11111111-1111-8111-8111-111111111111"])(
    "finds nothing under the id %p",
    async (paymentId) => {
      const { payments } = new CardSaga();
      const nothing = readPayment(payments)({ merchantId: "m1", paymentId });
      await expect(nothing).rejects.toMatchObject({ name: "NotFound", status: 404 });
    },
  );
});
