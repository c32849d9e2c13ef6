// Starting what could not be started at intake: patiently, and only what nobody has started.
import { describe, expect, it } from "@jest/globals";
import { startSaga } from "../../../functions/start-saga/start-saga.ts";
import { CardSaga } from "../../support/card-saga.ts";

/** A payment whose intake could not start it. */
async function unstarted(): Promise<CardSaga> {
  const saga = await CardSaga.accepted();
  saga.sagas.started.length = 0;
  return saga;
}

describe("start-saga", () => {
  it("starts a pending payment", async () => {
    const saga = await unstarted();
    expect(await startSaga(saga)(saga.payment_id)).toBe("started");
    expect(saga.sagas.started).toEqual([saga.payment_id]);
  });

  it("backs off while it is throttled, and starts once it no longer is", async () => {
    const saga = await unstarted();
    const before = saga.clock.now();
    saga.sagas.throttled = 4;
    expect(await startSaga(saga)(saga.payment_id)).toBe("started");
    expect(saga.clock.now()).toBeGreaterThan(before);
    expect(saga.sagas.queued).toEqual([]);
  });

  it("puts the start back as a new message when it stays throttled, so that no receive is burnt", async () => {
    const saga = await unstarted();
    saga.sagas.throttled = Number.POSITIVE_INFINITY;
    expect(await startSaga(saga)(saga.payment_id)).toBe("requeued");
    expect(saga.sagas.queued).toEqual([{ paymentId: saga.payment_id, delaySeconds: 5 }]);
  });

  it("fails, so that the message comes back, when the queue takes nothing either", async () => {
    const saga = await unstarted();
    saga.sagas.throttled = Number.POSITIVE_INFINITY;
    saga.sagas.queueWorks = false;
    await expect(startSaga(saga)(saga.payment_id)).rejects.toMatchObject({ name: "ServiceUnavailable" });
  });

  it.each([
    ["has an owner", { owner_execution: "attempt-1" }],
    ["is being processed", { status: "PROCESSING" as const }],
    ["has ended", { status: "FAILED" as const }],
    ["is parked", { status: "IN_REVIEW" as const }],
  ])("starts nothing that %s", async (_, change) => {
    const saga = await unstarted();
    saga.payments.alter(saga.payment_id, change);
    expect(await startSaga(saga)(saga.payment_id)).toBe("not-needed");
    expect(saga.sagas.started).toEqual([]);
  });

  it("starts a later attempt under its own name while it is the one that counts", async () => {
    const saga = await unstarted();
    const execution = `${saga.payment_id}-a2`;
    const change = { owner_execution: execution, attempts: 2, status: "PROCESSING" as const };
    saga.payments.alter(saga.payment_id, change);
    expect(await startSaga(saga)(saga.payment_id, execution)).toBe("started");
    expect(saga.sagas.started).toEqual([execution]);
    saga.sagas.throttled = Number.POSITIVE_INFINITY;
    expect(await startSaga(saga)(saga.payment_id, execution)).toBe("requeued");
    expect(saga.sagas.queued).toEqual([{ paymentId: saga.payment_id, delaySeconds: 5, execution }]);
  });

  it("starts no attempt that another has replaced, nor one of an ended payment", async () => {
    const saga = await unstarted();
    const execution = `${saga.payment_id}-a2`;
    saga.payments.alter(saga.payment_id, { owner_execution: `${saga.payment_id}-a3`, attempts: 3 });
    expect(await startSaga(saga)(saga.payment_id, execution)).toBe("not-needed");
    saga.payments.alter(saga.payment_id, { owner_execution: execution, status: "FAILED" });
    expect(await startSaga(saga)(saga.payment_id, execution)).toBe("not-needed");
    expect(saga.sagas.started).toEqual([]);
  });

  it("starts nothing for a payment that does not exist", async () => {
    const saga = await unstarted();
    expect(await startSaga(saga)("11111111-1111-8111-8111-111111111111")).toBe("not-needed");
  });
});
