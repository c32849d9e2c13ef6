// Accepting a payment: the idempotency table of the design, references, and starts that do not
// happen.
import { beforeEach, describe, expect, it, jest } from "@jest/globals";
import { acceptPayment, type Outcome } from "../../../functions/accept-payment/accept-payment.ts";
import { violations } from "../../../functions/lib/contracts/contract.ts";
import * as schemas from "../../../functions/lib/contracts/schemas.ts";
import { CardSaga, USER } from "../../support/card-saga.ts";

let saga: CardSaga;
beforeEach(() => {
  saga = new CardSaga();
});

const BODY = { amount: 1000, currency: "EUR", user_id: USER };
let requests = 0;
type Given = { key?: string; merchantId?: string; requestId?: string; rail?: "card" };

function post(body: Record<string, unknown> = BODY, given: Given = {}): Promise<Outcome> {
  const { key: idempotencyKey = "key-1", merchantId = "m1", rail } = given;
  const requestId = given.requestId ?? `request-${++requests}`;
  return acceptPayment(saga)({ merchantId, requestId, idempotencyKey, body, ...(rail ? { rail } : {}) });
}
const refusal = (answer: Promise<Outcome>) =>
  answer.then(
    () => "accepted",
    (error: Error) => error,
  );

describe("accepting a payment", () => {
  it("records it as pending, with its first event, and starts its saga", async () => {
    const { payment_id, replayed } = await post({
      ...BODY,
      description: "a chair",
      metadata: { order: "7" },
    });
    expect(replayed).toBe(false);
    expect(await saga.payments.load(payment_id)).toMatchObject({
      status: "PENDING",
      merchant_id: "m1",
      amount: 1000n,
      rail: "card",
      destination_account: "settlement",
      description: "a chair",
      metadata: { order: "7" },
      version: 1,
    });
    expect(await saga.payments.events(payment_id)).toMatchObject([{ type: "payment.accepted", sequence: 1 }]);
    expect(saga.sagas.started).toEqual([payment_id]);
  });

  it("answers with a payment as the API describes it, without what is inner", async () => {
    const { payment_id, response } = await post({ ...BODY, payment_method: "pm_1" });
    const shown = JSON.parse(response);
    expect(violations(schemas.Payment, shown)).toEqual([]);
    expect(shown).toMatchObject({ payment_id, amount: 1000, status: "PENDING", idempotency_key: "key-1" });
    expect(Object.keys(shown)).not.toEqual(expect.arrayContaining(["marks"]));
    expect(response).not.toContain("pm_1");
  });

  it("queues the start when Step Functions throttles it", async () => {
    saga.sagas.throttled = 1;
    const { payment_id } = await post();
    expect(saga.sagas.started).toEqual([]);
    expect(saga.sagas.queued).toEqual([{ paymentId: payment_id, delaySeconds: undefined }]);
  });

  it("accepts all the same when the queue takes nothing either: the sweep will find it", async () => {
    saga.sagas.throttled = 1;
    saga.sagas.queueWorks = false;
    const { payment_id, replayed } = await post();
    expect(replayed).toBe(false);
    expect(await saga.payments.openBefore(0, "2027", 10)).toMatchObject([{ payment_id }]);
  });
});

describe("the same key", () => {
  it("with the same body gives the first bytes again, and starts nothing", async () => {
    const first = await post();
    saga.clock.advance(86_400_000);
    const second = await post();
    expect(second).toEqual({ ...first, replayed: true });
    expect(saga.sagas.started).toHaveLength(1);
  });

  it("with the same body gives the first bytes even after the payment has moved on", async () => {
    const first = await post();
    saga.payments.alter(first.payment_id, { status: "COMPLETED" });
    expect((await post()).response).toBe(first.response);
  });

  it("with the members in another order is the same body", async () => {
    await post();
    expect((await post({ user_id: USER, currency: "EUR", amount: 1000 })).replayed).toBe(true);
  });

  it("bare and quoted is the same key", async () => {
    await post(BODY, { key: "key-1" });
    expect((await post(BODY, { key: '"key-1"' })).replayed).toBe(true);
  });

  it("with another body is refused, naming the differing members and no values", async () => {
    await post({ ...BODY, reference: "a" });
    const error = await refusal(post({ ...BODY, amount: 7777, payment_method: "pm_1" }));
    expect(error).toMatchObject({ name: "IdempotencyKeyReused", status: 422 });
    const { errors } = error as unknown as { errors: { pointer: string }[] };
    expect(errors.map(({ pointer }) => pointer)).toEqual(["/amount", "/payment_method", "/reference"]);
    expect(JSON.stringify(errors)).not.toContain("7777");
  });

  it("with a default spelled out is another body: bodies are compared as sent", async () => {
    await post();
    expect(await refusal(post({ ...BODY, rail: "card" }))).toMatchObject({ name: "IdempotencyKeyReused" });
  });

  it("in a currency that has ended since is answered as before, and a new payment is refused", async () => {
    saga.clock.advance(-1);
    const body = { ...BODY, currency: "BGN" };
    const first = await post(body);
    saga.clock.advance(1);
    expect(await post(body)).toEqual({ ...first, replayed: true });
    expect(await refusal(post({ ...body, amount: 1 }))).toMatchObject({ name: "IdempotencyKeyReused" });
    const before = saga.payments.ids();
    expect(await refusal(post(body, { key: "key-2" }))).toMatchObject({
      name: "InvalidRequest",
      errors: [{ pointer: "/currency", detail: "has not been a currency since 2026-01-01: pay in EUR" }],
    });
    expect(saga.payments.ids()).toEqual(before);
  });

  it("of another merchant is another payment", async () => {
    const first = await post(BODY, { merchantId: "m1" });
    const second = await post(BODY, { merchantId: "m2" });
    expect(second.replayed).toBe(false);
    expect(second.payment_id).not.toBe(first.payment_id);
  });

  it("beats the reference: a replay is no conflict with itself", async () => {
    await post({ ...BODY, reference: "order-1" });
    expect((await post({ ...BODY, reference: "order-1" })).replayed).toBe(true);
  });

  it("makes one payment however many requests come at once", async () => {
    const outcomes = await Promise.all(Array.from({ length: 10 }, () => post()));
    expect(outcomes.filter(({ replayed }) => !replayed)).toHaveLength(1);
    expect(new Set(outcomes.map(({ response }) => response)).size).toBe(1);
    expect(saga.sagas.started).toHaveLength(1);
  });

  it("is no replay for the request whose own write lost its answer", async () => {
    const accept = saga.payments.accept.bind(saga.payments);
    jest.spyOn(saga.payments, "accept").mockImplementationOnce(async (acceptance) => {
      await accept(acceptance);
      return accept(acceptance);
    });
    expect((await post()).replayed).toBe(false);
    expect(saga.sagas.started).toHaveLength(1);
  });
});

describe("a reference", () => {
  const withReference = { ...BODY, reference: "order-1" };

  it("of a living payment is refused, naming that payment", async () => {
    const first = await post(withReference);
    const error = await refusal(post(withReference, { key: "key-2" }));
    expect(error).toMatchObject({
      name: "ReferenceTaken",
      status: 409,
      members: { payment_id: first.payment_id },
    });
    expect(saga.sagas.started).toEqual([first.payment_id]);
  });

  it("may be the same at another merchant", async () => {
    await post(withReference);
    expect((await post(withReference, { merchantId: "m2" })).replayed).toBe(false);
  });

  it("of a payment that failed may be used again", async () => {
    saga.payment_id = (await post(withReference)).payment_id;
    await saga.run("fail-payment");
    expect((await post(withReference, { key: "key-2" })).replayed).toBe(false);
  });
});
