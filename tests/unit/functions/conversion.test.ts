// A conversion from its acceptance to its end, step by step as the machine runs it: what is moved,
// and what is whole again after an undo.
import { describe, expect, it } from "@jest/globals";
import { ConversionSaga, type Task } from "../../support/conversion-saga.ts";

/** What the journals leave in every account that a conversion from euros to yen touches. */
const sums = (saga: ConversionSaga): Record<string, bigint> =>
  Object.fromEntries(
    [
      ["acc_a", "EUR"],
      ["acc_b", "JPY"],
      ["house/clearing", "EUR"],
      ["house/fees", "EUR"],
      ["house/in_transit", "USDC"],
      ["house/payout", "JPY"],
      ["house/fx_result", "EUR"],
      ["house/fx_result", "JPY"],
      ["house/rounding", "JPY"],
    ].map(([account = "", currency = ""]) => [`${account} ${currency}`, saga.sum(account, currency)]),
  );

const WHOLE = {
  "acc_a EUR": 0n,
  "acc_b JPY": 0n,
  "house/clearing EUR": 0n,
  "house/fees EUR": 0n,
  "house/in_transit USDC": 0n,
  "house/payout JPY": 0n,
  "house/fx_result EUR": 0n,
  "house/fx_result JPY": 0n,
  "house/rounding JPY": 0n,
};

/** Runs the undo from its top, as the machine does. */
async function undo(saga: ConversionSaga, ...tasks: Task[]): Promise<void> {
  for (const task of tasks) await saga.run(task);
}

describe("a conversion", () => {
  it("moves the source's money to the destination, and leaves nothing in between", async () => {
    const saga = await ConversionSaga.after("notify-payment");
    const quote = await saga.quote();
    expect(await saga.payment()).toMatchObject({
      status: "COMPLETED",
      on_ramp_tx_id: `on-${saga.key("on_ramp")}`,
      off_ramp_tx_id: `off-${saga.key("off_ramp")}`,
      fee: 5n,
      destination_amount: quote.destination_amount,
      quote_id: quote.quote_id,
    });
    expect(sums(saga)).toEqual({
      ...WHOLE,
      "acc_a EUR": -1000n,
      "house/fees EUR": 5n,
      "acc_b JPY": quote.destination_amount,
      "house/fx_result JPY": quote.payout_amount - quote.destination_amount - quote.rounding,
      "house/rounding JPY": quote.rounding,
    });
    expect(await saga.told()).toEqual([
      "accepted",
      "validated",
      "held",
      "on_ramped",
      "off_ramped",
      "completed",
      "notified",
    ]);
  });

  it("asks each ramp once, for exactly the quoted amounts", async () => {
    const saga = await ConversionSaga.after("notify-payment");
    const quote = await saga.quote();
    expect(saga.seller.calls).toEqual([`on_ramp ${saga.key("on_ramp")}`]);
    expect(saga.payer.calls).toEqual([`off_ramp ${saga.key("off_ramp")}`]);
    expect(saga.seller.requests.get(saga.key("on_ramp"))).toMatchObject({
      amount: 995n,
      currency: "EUR",
      receive_amount: quote.transit_amount,
      receive_currency: "USDC",
    });
    expect(saga.payer.requests.get(saga.key("off_ramp"))).toMatchObject({
      amount: quote.transit_amount,
      currency: "USDC",
      receive_amount: quote.payout_amount,
      receive_currency: "JPY",
    });
  });

  it("gives the source everything back when the payout is refused, and books what that cost", async () => {
    const saga = await ConversionSaga.after("on-ramp");
    saga.payer.next("off_ramp", "refuse");
    expect(await saga.fail("off-ramp")).toBe("OffRampDeclined");
    await undo(saga, "reverse-on-ramp", "release-hold", "fail-payment");
    // 995 were paid to the on-ramp and 975 came back.
    expect(sums(saga)).toEqual({ ...WHOLE, "house/fx_result EUR": -20n });
    expect(await saga.payment()).toMatchObject({
      status: "FAILED",
      failure: { code: "OffRampDeclined", step: "off-ramp" },
    });
    expect((await saga.payments.events(saga.payment_id)).at(-1)?.data).toMatchObject({
      failure: { undone: ["on-ramp", "authorize-conversion"] },
    });
  });

  it("is whole without a cost when it is withdrawn before anything was bought", async () => {
    const saga = await ConversionSaga.after("authorize-conversion");
    await saga.requestCancel();
    expect(await saga.fail("on-ramp")).toBe("CancelRequested");
    expect(await saga.fail("resolve-off-ramp")).toBe("OutcomeAbsent");
    await undo(saga, "reverse-on-ramp", "release-hold", "fail-payment");
    expect(sums(saga)).toEqual(WHOLE);
    expect(await saga.payment()).toMatchObject({ status: "CANCELED" });
    expect(saga.seller.calls).toEqual([]);
    expect(saga.payer.calls).toEqual([]);
  });

  it("does not fail while something of it stands", async () => {
    for (const step of ["authorize-conversion", "on-ramp", "off-ramp"] as const) {
      const saga = await ConversionSaga.after(step);
      expect(await saga.fail("fail-payment")).toBe("InvariantBroken");
    }
    const unresolved = await ConversionSaga.after("on-ramp");
    unresolved.payer.next("off_ramp", "lose");
    expect(await unresolved.fail("off-ramp")).toBe("OutcomeUnknown");
    for (const undoing of ["reverse-on-ramp", "release-hold", "fail-payment"] as const)
      expect(await unresolved.fail(undoing)).toBe("InvariantBroken");
    expect(unresolved.inTransit()).toBeGreaterThan(0n);
  });
});

describe("a conversion that failed for no refusal says which step gave up", () => {
  const failureOf = async (saga: ConversionSaga) => {
    await undo(saga, "reverse-on-ramp", "release-hold", "fail-payment");
    return (await saga.payment()).failure;
  };

  it("where there were no rates", async () => {
    const saga = await ConversionSaga.after("validate-payment");
    saga.rates.down = true;
    expect(await saga.fail("authorize-conversion")).toBe("ProviderUnavailable");
    expect(await saga.fail("resolve-off-ramp")).toBe("OutcomeAbsent");
    expect(await failureOf(saga)).toMatchObject({
      code: "ProviderUnavailable",
      step: "authorize-conversion",
    });
  });

  it("where payouts were stopped before the purchase", async () => {
    const saga = await ConversionSaga.after("authorize-conversion");
    saga.switches.on.add("stablecoin/stop-pivots");
    expect(await saga.fail("on-ramp")).toBe("ProviderUnavailable");
    expect(await saga.fail("resolve-on-ramp")).toBe("OutcomeAbsent");
    expect(await failureOf(saga)).toMatchObject({ code: "ProviderUnavailable", step: "on-ramp" });
  });

  it("where the purchase gave no answer", async () => {
    const saga = await ConversionSaga.after("authorize-conversion");
    saga.seller.next("on_ramp", "unavailable");
    expect(await saga.fail("on-ramp")).toBe("OutcomeUnknown");
    expect(await saga.fail("resolve-on-ramp")).toBe("OutcomeAbsent");
    expect(await failureOf(saga)).toMatchObject({ code: "OutcomeUnknown", step: "on-ramp" });
  });

  it("where the undo found that the purchase had happened after all", async () => {
    const saga = await ConversionSaga.after("authorize-conversion");
    saga.seller.next("on_ramp", "lose");
    expect(await saga.fail("on-ramp")).toBe("OutcomeUnknown");
    expect(await failureOf(saga)).toMatchObject({ code: "OutcomeUnknown", step: "on-ramp" });
    expect((await saga.payment()).on_ramp_tx_id).toBeDefined();
  });

  it("where payouts were stopped after the purchase", async () => {
    const saga = await ConversionSaga.after("on-ramp");
    saga.switches.on.add("stablecoin/stop-pivots");
    expect(await saga.fail("off-ramp")).toBe("ProviderUnavailable");
    saga.clock.advance(saga.policy.off_ramp_outage.after_seconds * 1_000 + 1);
    expect(await saga.fail("resolve-off-ramp")).toBe("OutcomeAbsent");
    expect(await failureOf(saga)).toMatchObject({ code: "ProviderUnavailable", step: "off-ramp" });
  });

  it("where the payout gave no answer", async () => {
    const saga = await ConversionSaga.after("on-ramp");
    saga.payer.next("off_ramp", "unavailable");
    expect(await saga.fail("off-ramp")).toBe("OutcomeUnknown");
    saga.clock.advance(saga.policy.off_ramp_outage.after_seconds * 1_000 + 1);
    expect(await saga.fail("resolve-off-ramp")).toBe("OutcomeAbsent");
    expect(await failureOf(saga)).toMatchObject({ code: "OutcomeUnknown", step: "off-ramp" });
  });
});
