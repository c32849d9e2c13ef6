// The sweep finds what no event announces: payments accepted and never started.
import { describe, expect, it, jest } from "@jest/globals";
import { sweepPayments } from "../../functions/sweep-payments/sweep-payments.ts";
import { CardSaga } from "../support/card-saga.ts";

const sweep = (saga: CardSaga, shards = 1) => sweepPayments({ ...saga, shards })();

describe("sweep-payments", () => {
  it("queues the start of a payment that was accepted and forgotten", async () => {
    const saga = await CardSaga.accepted();
    saga.clock.advance(60_001);
    expect(await sweep(saga)).toBe(1);
    expect(saga.sagas.queued).toEqual([{ paymentId: saga.payment_id, delaySeconds: undefined }]);
  });

  it("leaves a payment alone that was accepted a moment ago", async () => {
    const saga = await CardSaga.accepted();
    saga.clock.advance(59_000);
    expect(await sweep(saga)).toBe(0);
  });

  it("leaves a payment alone whose saga runs", async () => {
    const saga = await CardSaga.after("validate-payment");
    saga.clock.advance(60_001);
    expect(await sweep(saga)).toBe(0);
  });

  it("leaves a payment alone that has an owner already", async () => {
    const saga = await CardSaga.accepted();
    saga.payments.alter(saga.payment_id, { owner_execution: "attempt-2" });
    saga.clock.advance(60_001);
    expect(await sweep(saga)).toBe(0);
  });

  it("counts only what the queue took", async () => {
    const saga = await CardSaga.accepted();
    saga.clock.advance(60_001);
    saga.sagas.queueWorks = false;
    expect(await sweep(saga)).toBe(0);
  });

  it("looks into every shard", async () => {
    const saga = await CardSaga.accepted();
    const looked = jest.spyOn(saga.payments, "openBefore");
    await sweep(saga, 16);
    const shards = looked.mock.calls.map(([shard]) => shard).sort((a, b) => a - b);
    expect(shards).toEqual(Array.from({ length: 16 }, (_, shard) => shard));
  });
});
