// ResolveCapture: a capture is absent only when it cannot happen any more.

import { describe, expect, it, jest } from "@jest/globals";
import { StoreUnavailable } from "../../../functions/lib/errors/registry.ts";
import { CardSaga } from "../../support/card-saga.ts";

const STEP = "resolve-capture";
const COMPLETED = ["accepted", "validated", "authorized", "posted", "completed"];

/** A payment whose capture was sent and not answered: `lose` took effect, `unavailable` did not. */
async function uncertain(outcome: "lose" | "unavailable" | "refuse"): Promise<CardSaga> {
  const saga = await CardSaga.after("post-ledger");
  saga.provider.next("capture", outcome);
  await saga.fail("capture-payment");
  return saga;
}

describe("resolve-capture", () => {
  it("completes a payment whose capture happened", async () => {
    const saga = await uncertain("lose");
    await saga.run(STEP);
    expect((await saga.payment()).status).toBe("COMPLETED");
    expect(await saga.told()).toEqual(COMPLETED);
  });

  it("returns at once for a capture that is recorded", async () => {
    const saga = await CardSaga.after("capture-payment");
    await saga.run(STEP);
    expect(saga.calls("tombstone")).toBe(0);
    expect((await saga.payment()).marks.tombstone).toEqual({});
  });

  it("tells one event when it runs twice, its first answer lost", async () => {
    const saga = await uncertain("lose");
    const commit = saga.payments.commit.bind(saga.payments);
    jest.spyOn(saga.payments, "commit").mockImplementationOnce(async (...write) => {
      await commit(...write);
      throw new StoreUnavailable("no answer");
    });
    expect(await saga.fail(STEP)).toBe("StoreUnavailable");
    await saga.run(STEP);
    expect(await saga.told()).toEqual(COMPLETED);
  });

  it("says absent once the provider promised that the key never takes effect", async () => {
    const saga = await uncertain("unavailable");
    expect(await saga.fail(STEP)).toBe("OutcomeAbsent");
    expect(saga.provider.books.get(`${saga.payment_id}:capture`)).toEqual({ outcome: "tombstoned" });
  });

  it("leaves no way to a capture that comes late", async () => {
    const saga = await uncertain("unavailable");
    await saga.fail(STEP);
    expect(await saga.fail("capture-payment")).toBe("UndoStarted");
    expect(saga.calls("capture")).toBe(1);
  });

  it("says absent for a capture that the provider refused", async () => {
    const saga = await uncertain("refuse");
    expect(await saga.fail(STEP)).toBe("OutcomeAbsent");
  });

  it("says absent without asking when no capture was ever intended", async () => {
    const saga = await CardSaga.after("post-ledger");
    expect(await saga.fail(STEP)).toBe("OutcomeAbsent");
    expect(saga.calls("tombstone") + saga.calls("find")).toBe(0);
  });

  it.each(["pending", "unknown"] as const)("goes on polling while the provider says %s", async (outcome) => {
    const saga = await uncertain("unavailable");
    jest.spyOn(saga.provider, "tombstone").mockResolvedValue({ outcome, message: "" });
    saga.clock.advance(3_600_000);
    expect(await saga.fail(STEP)).toBe("OutcomePending");
  });

  it("lets a stale owner write nothing and ask nobody", async () => {
    const saga = await uncertain("lose");
    const before = await saga.everything();
    expect(await saga.fail(STEP, "attempt-0")).toBe("Superseded");
    expect(await saga.everything()).toEqual(before);
  });
});

describe("resolve-capture with a provider that keeps no tombstones", () => {
  async function unseen(): Promise<CardSaga> {
    const saga = await uncertain("unavailable");
    saga.provider.nature = { ...saga.provider.nature, tombstones: false };
    return saga;
  }

  it("is not sure of an unseen capture that may still be on its way", async () => {
    const saga = await unseen();
    saga.clock.advance(44_000);
    expect(await saga.fail(STEP)).toBe("OutcomePending");
  });

  it("says absent for one unseen longer than a request lives", async () => {
    const saga = await unseen();
    saga.clock.advance(45_001);
    expect(await saga.fail(STEP)).toBe("OutcomeAbsent");
    expect(saga.calls("tombstone")).toBe(0);
  });

  it("measures from the last time that the capture was sent", async () => {
    const saga = await unseen();
    saga.clock.advance(44_000);
    saga.provider.next("capture", "unavailable");
    await saga.fail("capture-payment");
    saga.clock.advance(2_000);
    expect(await saga.fail(STEP)).toBe("OutcomePending");
  });

  it("completes when the capture shows up late", async () => {
    const saga = await unseen();
    expect(await saga.fail(STEP)).toBe("OutcomePending");
    saga.provider.books.set(`${saga.payment_id}:capture`, {
      outcome: "succeeded",
      id: "cap-late",
      amount: 1000n,
      currency: "EUR",
    });
    await saga.run(STEP);
    expect(await saga.payment()).toMatchObject({ status: "COMPLETED", capture_id: "cap-late" });
  });
});
