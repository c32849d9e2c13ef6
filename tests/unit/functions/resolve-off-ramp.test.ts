// ResolveOffRamp: what became of an uncertain payout, and of the USDC while nothing was paid out.
import { describe, expect, it, jest } from "@jest/globals";
import { OFF_RAMP_PROVIDER } from "../../../functions/lib/domain/saga-definition.ts";
import { ConversionSaga } from "../../support/conversion-saga.ts";
import type { Scripted } from "../../support/memory/memory-books.ts";
import { POLICY } from "../../support/policy.ts";

const STEP = "resolve-off-ramp";
const AFTER_SECONDS = 300;

/** A payment whose payout went like this, and whose step does not know. */
async function uncertain(how: Scripted = "unavailable"): Promise<ConversionSaga> {
  const saga = await ConversionSaga.after("on-ramp");
  saga.payer.next("off_ramp", how);
  await saga.fail("off-ramp");
  return saga;
}

const opens = async (saga: ConversionSaga): Promise<void> => {
  for (let n = 0; n < 5; n++) await saga.breaker.report(OFF_RAMP_PROVIDER, "unavailable");
};

/** The policy's time is up, and the off-ramp's breaker has closed again. */
const wait = (saga: ConversionSaga): void => saga.clock.advance(AFTER_SECONDS * 1000 + 10);

function orders(saga: ConversionSaga, action: "resume" | "hold" | "unwind"): void {
  saga.policy = { ...POLICY, off_ramp_outage: { action, after_seconds: AFTER_SECONDS, tell: "the desk" } };
}

const isForbidden = async (saga: ConversionSaga): Promise<boolean> =>
  (await saga.payment()).marks.tombstone["off-ramp"] !== undefined;

describe("resolve-off-ramp", () => {
  it("records a payout whose answer was lost, and forbids nothing", async () => {
    const saga = await uncertain("lose");
    await saga.run(STEP);
    expect(await saga.payment()).toMatchObject({ off_ramp_tx_id: `off-${saga.key("off_ramp")}` });
    expect(await isForbidden(saga)).toBe(false);
    expect(saga.inTransit()).toBe(0n);
    await saga.run("post-ledger");
  });

  it("passes over a payout that is recorded, and asks nobody", async () => {
    const saga = await ConversionSaga.after("off-ramp");
    await saga.run(STEP);
    expect(saga.calls("find") + saga.calls("tombstone")).toBe(0);
  });

  it("awaits a payout that settles later, however long, and records it then", async () => {
    const saga = await uncertain("pend");
    expect(await saga.fail(STEP)).toBe("OutcomePending");
    wait(saga);
    expect(await saga.fail(STEP)).toBe("OutcomePending");
    await saga.settles("off_ramp", "late");
    await saga.run(STEP);
    expect((await saga.payment()).off_ramp_tx_id).toBe("late");
  });

  it("has the payout tried again while the policy's time is not up, and it is paid once", async () => {
    const saga = await uncertain();
    expect(await saga.fail(STEP)).toBe("OutcomeResumable");
    expect(await isForbidden(saga)).toBe(false);
    await saga.run("off-ramp");
    expect([...saga.payer.books.keys()]).toEqual([saga.key("off_ramp")]);
  });

  it("has a payout tried that was never begun, and asks nobody about it", async () => {
    const saga = await ConversionSaga.after("on-ramp");
    expect(await saga.fail(STEP)).toBe("OutcomeResumable");
    expect(saga.payer.calls).toEqual([]);
  });

  it("waits while the off-ramp's breaker is open", async () => {
    const saga = await uncertain();
    await opens(saga);
    jest.spyOn(saga.breaker, "report").mockResolvedValue();
    expect(await saga.fail(STEP)).toBe("OutcomePending");
    expect(await isForbidden(saga)).toBe(false);
  });

  it("unwinds after the policy's time: forbids the payout on both sides, then says absent", async () => {
    const saga = await uncertain();
    wait(saga);
    expect(await saga.fail(STEP)).toBe("OutcomeAbsent");
    expect(await isForbidden(saga)).toBe(true);
    expect(saga.payer.books.get(saga.key("off_ramp"))).toEqual({ outcome: "tombstoned" });
    expect(await saga.fail("off-ramp")).toBe("UndoStarted");
    await saga.run("reverse-on-ramp");
  });

  it("unwinds nothing that was paid out after all", async () => {
    const saga = await uncertain("lose");
    wait(saga);
    await saga.run(STEP);
    expect((await saga.payment()).off_ramp_tx_id).toBeDefined();
    expect(await saga.fail("reverse-on-ramp")).toBe("InvariantBroken");
  });

  it("does not unwind on a clock alone: while the off-ramp does not answer it stays pending", async () => {
    const saga = await uncertain("lose");
    saga.payer.down = true;
    wait(saga);
    expect(await saga.fail(STEP)).toBe("OutcomePending");
    saga.payer.down = false;
    await saga.run(STEP);
    expect((await saga.payment()).off_ramp_tx_id).toBeDefined();
  });

  it("unwinds what was never begun though the off-ramp stays down", async () => {
    const saga = await ConversionSaga.after("on-ramp");
    saga.payer.down = true;
    await opens(saga);
    wait(saga);
    expect(await saga.fail(STEP)).toBe("OutcomeAbsent");
  });

  it("goes on trying for six hours where the policy says resume, and then leaves it to a person", async () => {
    const saga = await uncertain();
    orders(saga, "resume");
    saga.clock.advance(6 * 3_600_000 - 1_000);
    expect(await saga.fail(STEP)).toBe("OutcomeResumable");
    saga.clock.advance(2_000);
    expect(await saga.fail(STEP)).toBe("OutcomePending");
    expect(await isForbidden(saga)).toBe(false);
  });

  it("goes on trying after the policy's time where it says resume", async () => {
    const saga = await uncertain();
    orders(saga, "resume");
    wait(saga);
    expect(await saga.fail(STEP)).toBe("OutcomeResumable");
  });

  it("waits for a person after the policy's time where it says hold, and until then tries", async () => {
    const saga = await uncertain();
    orders(saga, "hold");
    expect(await saga.fail(STEP)).toBe("OutcomeResumable");
    wait(saga);
    expect(await saga.fail(STEP)).toBe("OutcomePending");
    expect(await isForbidden(saga)).toBe(false);
  });

  it("still records a payout of a payment that is held", async () => {
    const saga = await uncertain("lose");
    orders(saga, "hold");
    wait(saga);
    await saga.run(STEP);
    expect((await saga.payment()).off_ramp_tx_id).toBeDefined();
  });

  it("persists why a payout was refused, and says absent", async () => {
    const saga = await uncertain("pend");
    saga.payer.settle(saga.key("off_ramp"), { outcome: "refused", message: "the price moved" });
    expect(await saga.fail(STEP)).toBe("OutcomeAbsent");
    expect((await saga.payment()).failure).toMatchObject({ code: "OffRampDeclined", step: "off-ramp" });
    await saga.run("reverse-on-ramp");
  });

  it.each<[string, (saga: ConversionSaga) => Promise<unknown> | undefined]>([
    ["the merchant withdrew", (saga) => saga.requestCancel()],
    ["its undo has begun", (saga) => saga.tombstone("off-ramp")],
    ["the undo of on-ramp has begun", (saga) => saga.tombstone("on-ramp")],
  ])("does not go forward once %s", async (_, happens) => {
    const saga = await ConversionSaga.after("on-ramp");
    await happens(saga);
    expect(await saga.fail(STEP)).toBe("OutcomeAbsent");
    expect(await isForbidden(saga)).toBe(true);
  });

  it.each(["validate-payment", "authorize-conversion"] as const)(
    "says absent at once for a payment that came no further than %s",
    async (step) => {
      const saga = await ConversionSaga.after(step);
      expect(await saga.fail(STEP)).toBe("OutcomeAbsent");
      expect(saga.payer.calls).toEqual([]);
    },
  );

  it("unwinds where the provider keeps a tombstone of its own", async () => {
    const saga = await uncertain();
    saga.payer.books.set(saga.key("off_ramp"), { outcome: "tombstoned" });
    expect(await saga.fail(STEP)).toBe("OutcomeAbsent");
    expect(await isForbidden(saga)).toBe(true);
  });

  it("waits for what is in flight where the provider keeps no tombstones", async () => {
    const saga = await uncertain();
    saga.payer.nature.tombstones = false;
    await saga.tombstone("on-ramp");
    expect(await saga.fail(STEP)).toBe("OutcomePending");
    saga.clock.advance((30 + saga.payer.nature.in_flight_seconds) * 1000 + 1);
    expect(await saga.fail(STEP)).toBe("OutcomeAbsent");
  });

  it("lets a stale owner write nothing and ask nobody", async () => {
    const saga = await uncertain("lose");
    const before = await saga.everything();
    expect(await saga.fail(STEP, "attempt-0")).toBe("Superseded");
    expect(await saga.everything()).toEqual(before);
  });
});
