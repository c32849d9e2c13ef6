// ReverseOnRamp: what was bought, or may still be, is sold back once. What that costs is ours.
import { describe, expect, it, jest } from "@jest/globals";
import { StoreUnavailable } from "../../../functions/lib/errors/registry.ts";
import { ConversionSaga, OWNER } from "../../support/conversion-saga.ts";

const STEP = "reverse-on-ramp";
const REVERSED = ["accepted", "validated", "held", "on_ramped", "on_ramp_reversed"];

/** A payment whose payout was forbidden, so that its USDC must go back. */
async function unwinding(): Promise<ConversionSaga> {
  const saga = await ConversionSaga.after("on-ramp");
  await saga.tombstone("off-ramp");
  return saga;
}

describe("reverse-on-ramp", () => {
  it("sells the USDC back and books what it cost in the same write", async () => {
    const saga = await unwinding();
    await saga.run(STEP);
    expect(saga.inTransit()).toBe(0n);
    expect(await saga.payments.inTransit(0, 10)).toEqual([]);
    expect(saga.sum("house/clearing", "EUR")).toBe(1000n);
    expect(saga.sum("house/fx_result", "EUR")).toBe(-20n);
    expect(await saga.told()).toEqual(REVERSED);
    expect((await saga.payments.events(saga.payment_id)).at(-1)?.data).toMatchObject({
      received: 975,
      cost: 20,
      currency: "EUR",
    });
  });

  it("books a gain when the market gave more than was paid", async () => {
    const saga = await unwinding();
    saga.seller.market = 101n;
    await saga.run(STEP);
    expect(saga.sum("house/fx_result", "EUR")).toBe(9n);
    expect((await saga.payments.events(saga.payment_id)).at(-1)?.data).toMatchObject({ cost: -9 });
  });

  it("sells once when it runs twice", async () => {
    const saga = await unwinding();
    await saga.run(STEP);
    await saga.run(STEP);
    expect(saga.calls("reverse_on_ramp")).toBe(1);
    expect(await saga.told()).toEqual(REVERSED);
  });

  it("asks by key after a lost answer, learns what the sale brought and does not sell again", async () => {
    const saga = await unwinding();
    saga.seller.next("reverse_on_ramp", "lose");
    expect(await saga.fail(STEP)).toBe("OutcomeUnknown");
    saga.seller.market = 50n;
    await saga.run(STEP);
    expect([saga.calls("reverse_on_ramp"), saga.calls("find")]).toEqual([1, 1]);
    expect(saga.sum("house/fx_result", "EUR")).toBe(-20n);
  });

  it("asks for what the sale brought though the on-ramp reported that it happened", async () => {
    const saga = await unwinding();
    saga.seller.next("reverse_on_ramp", "lose");
    await saga.fail(STEP);
    await saga.hears({
      operation: "reverse_on_ramp",
      state: "succeeded",
      id: `back-${saga.key("reverse_on_ramp")}`,
    });
    saga.seller.down = true;
    expect(await saga.fail(STEP)).toBe("OutcomeUnknown");
    saga.seller.down = false;
    await saga.run(STEP);
    expect(saga.sum("house/fx_result", "EUR")).toBe(-20n);
  });

  it("tries the same key again after a refusal, until it is taken", async () => {
    const saga = await unwinding();
    saga.seller.next("reverse_on_ramp", "refuse");
    expect(await saga.fail(STEP)).toBe("UndoRefused");
    expect(await saga.fail(STEP)).toBe("UndoRefused");
    expect(saga.calls("reverse_on_ramp")).toBe(2);
    saga.seller.books.delete(saga.key("reverse_on_ramp"));
    await saga.run(STEP);
    expect(saga.inTransit()).toBe(0n);
  });

  it("calls nobody for a purchase that was never intended or was refused", async () => {
    const unintended = await ConversionSaga.after("authorize-conversion");
    await unintended.run(STEP);
    expect(unintended.seller.calls).toEqual([]);
    const refused = await ConversionSaga.after("authorize-conversion");
    refused.seller.next("on_ramp", "refuse");
    await refused.fail("on-ramp");
    await refused.run(STEP);
    expect(refused.seller.calls).toHaveLength(1);
    expect(await refused.told()).toEqual(["accepted", "validated", "held"]);
  });

  it("records a purchase whose answer was lost, then sells it", async () => {
    const saga = await ConversionSaga.after("authorize-conversion");
    saga.seller.next("on_ramp", "lose");
    await saga.fail("on-ramp");
    await saga.run(STEP);
    expect(await saga.told()).toEqual(REVERSED);
    expect(saga.inTransit()).toBe(0n);
    expect(saga.calls("reverse_on_ramp")).toBe(1);
  });

  it("forbids a purchase that did not happen, and posts nothing for it", async () => {
    const saga = await ConversionSaga.after("authorize-conversion");
    saga.seller.next("on_ramp", "unavailable");
    await saga.fail("on-ramp");
    const before = saga.payments.journals.size;
    await saga.run(STEP);
    expect(saga.seller.books.get(saga.key("on_ramp"))).toEqual({ outcome: "tombstoned" });
    expect(saga.payments.journals.size).toBe(before);
    expect((await saga.payments.events(saga.payment_id)).at(-1)).toMatchObject({
      type: "payment.on_ramp_reversed",
      data: {},
    });
    expect(await saga.fail("on-ramp")).toBe("UndoStarted");
  });

  it("waits for a purchase that is pending, and sells it once it settled", async () => {
    const saga = await ConversionSaga.after("authorize-conversion");
    saga.seller.next("on_ramp", "pend");
    await saga.fail("on-ramp");
    expect(await saga.fail(STEP)).toBe("OutcomeUnknown");
    const { amount } = saga.seller.requests.get(saga.key("on_ramp")) ?? {};
    expect(amount).toBe(995n);
    await saga.settles("on_ramp", "late");
    await saga.run(STEP);
    expect(await saga.told()).toEqual(REVERSED);
  });

  it("waits for what is in flight where the provider keeps no tombstones", async () => {
    const saga = await ConversionSaga.after("authorize-conversion");
    saga.seller.nature.tombstones = false;
    saga.seller.next("on_ramp", "unavailable");
    await saga.fail("on-ramp");
    expect(await saga.fail(STEP)).toBe("OutcomeUnknown");
    saga.clock.advance((30 + saga.seller.nature.in_flight_seconds) * 1000 + 1);
    await saga.run(STEP);
    expect((await saga.payment()).marks.undone["on-ramp"]).toBeDefined();
  });

  it("stops a purchase that is still in flight from being recorded behind it", async () => {
    const saga = await ConversionSaga.after("authorize-conversion");
    const buy = saga.seller.onRamp.bind(saga.seller);
    jest.spyOn(saga.seller, "onRamp").mockImplementationOnce(async (request) => {
      await saga.run(STEP);
      return buy(request);
    });
    expect(await saga.fail("on-ramp")).toBe("UndoStarted");
    expect((await saga.payment()).on_ramp_tx_id).toBeUndefined();
    expect(saga.inTransit()).toBe(0n);
  });

  it("sells nothing back while a payout may happen or has", async () => {
    const paid = await ConversionSaga.after("off-ramp");
    expect(await paid.fail(STEP)).toBe("InvariantBroken");
    const uncertain = await ConversionSaga.after("on-ramp");
    uncertain.payer.next("off_ramp", "lose");
    await uncertain.fail("off-ramp");
    expect(await uncertain.fail(STEP)).toBe("InvariantBroken");
    expect(paid.calls("reverse_on_ramp") + uncertain.calls("reverse_on_ramp")).toBe(0);
  });

  it("sells nothing back when the off-ramp reported that it paid out", async () => {
    const saga = await unwinding();
    await saga.hearsOf("off_ramp", "told");
    expect(await saga.fail(STEP)).toBe("InvariantBroken");
    expect(saga.calls("reverse_on_ramp")).toBe(0);
  });

  it("books the sale once when the answer of the store was lost", async () => {
    const saga = await unwinding();
    const commit = saga.payments.commit.bind(saga.payments);
    jest.spyOn(saga.payments, "commit").mockImplementationOnce(async (...write) => {
      await commit(...write);
      throw new StoreUnavailable("no answer");
    });
    expect(await saga.fail(STEP)).toBe("OutcomeUnknown");
    await saga.run(STEP);
    expect(await saga.told()).toEqual(REVERSED);
    expect(saga.calls("reverse_on_ramp")).toBe(1);
  });

  it("sells however long ago the first try was: a purchase is taken back once, whatever became of the keys", async () => {
    const saga = await unwinding();
    saga.seller.next("reverse_on_ramp", "unavailable");
    await saga.fail(STEP);
    saga.clock.advance(saga.seller.nature.key_ttl_seconds * 1000 + 1);
    await saga.run(STEP);
    expect(saga.calls("reverse_on_ramp")).toBe(2);
    expect(saga.inTransit()).toBe(0n);
  });

  it("lets a stale owner write nothing and call nobody", async () => {
    const saga = await unwinding();
    const before = await saga.everything();
    expect(await saga.fail(STEP, "attempt-0")).toBe("Superseded");
    expect(await saga.everything()).toEqual(before);
    expect((await saga.payment()).owner_execution).toBe(OWNER);
  });
});
