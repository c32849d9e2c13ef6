// Past the time that a provider remembers a key, a fresh tombstone proves nothing, however the word
// of it arrives: the operation may have happened before it was forgotten.
import { describe, expect, it } from "@jest/globals";
import { CardSaga } from "../../../support/card-saga.ts";
import { ConversionSaga } from "../../../support/conversion-saga.ts";
import { Teller } from "../../../support/teller.ts";

const DAY = 86_400_000;
const HOUR = 3_600_000;
const IN_DOUBT = "it was forbidden when the key may have been forgotten";

/** It paid out and nobody heard; `later` its books have forgotten the key or not. */
async function paidOut(later: number) {
  const saga = await ConversionSaga.after("on-ramp");
  const teller = new Teller(saga);
  saga.payer.next("off_ramp", "lose");
  expect(await saga.fail("off-ramp")).toBe("OutcomeUnknown");
  saga.clock.advance(later);
  if (later > DAY) saga.payer.books.clear();
  return { saga, teller };
}

describe("a tombstone that we ordered after the key was forgotten", () => {
  it("is not believed when it is told: what was paid out is not sold back", async () => {
    const { saga, teller } = await paidOut(DAY + 2);
    expect(await saga.fail("resolve-off-ramp")).toBe("OutcomePending");
    expect(await teller.tells("off_ramp", "tombstoned")).toMatchObject({ outcome: "recorded" });
    expect(teller.found()).toEqual([`the provider said off_ramp tombstoned_1 tombstoned: ${IN_DOUBT}`]);
    expect(await saga.fail("resolve-off-ramp")).toBe("OutcomePending");
    expect(saga.calls("reverse_on_ramp")).toBe(0);
  });

  it("is not believed of a purchase: the source does not get back what was spent", async () => {
    const saga = await ConversionSaga.after("authorize-conversion");
    saga.seller.next("on_ramp", "lose");
    await saga.fail("on-ramp");
    saga.clock.advance(DAY + 2);
    saga.seller.books.clear();
    await saga.fail("resolve-off-ramp");
    expect(await saga.fail("reverse-on-ramp")).toBe("OutcomeUnknown");
    await new Teller(saga).tells("on_ramp", "tombstoned");
    expect(await saga.fail("reverse-on-ramp")).toBe("OutcomeUnknown");
    expect(await saga.fail("fail-payment")).toBe("InvariantBroken");
  });

  it("is not believed of a hold: it stays on nobody's card", async () => {
    const saga = await CardSaga.after("validate-payment");
    saga.provider.next("authorize", "lose");
    await saga.fail("authorize-payment");
    saga.clock.advance(DAY + 2);
    saga.provider.books.clear();
    await saga.fail("resolve-capture");
    await saga.run("reverse-ledger");
    expect(await saga.fail("void-authorization")).toBe("OutcomeUnknown");
    await new Teller(saga).tells("authorize", "tombstoned");
    expect(await saga.fail("void-authorization")).toBe("OutcomeUnknown");
    expect(await saga.fail("fail-payment")).toBe("InvariantBroken");
  });

  it("is not believed of a capture: its ledger posting is not reversed", async () => {
    const saga = await CardSaga.after("post-ledger");
    saga.provider.next("capture", "lose");
    await saga.fail("capture-payment");
    saga.clock.advance(DAY + 2);
    saga.provider.books.clear();
    expect(await saga.fail("resolve-capture")).toBe("OutcomePending");
    await new Teller(saga).tells("capture", "tombstoned");
    expect(await saga.fail("resolve-capture")).toBe("OutcomePending");
  });

  it("is not made a proof by the provider's clock", async () => {
    const { saga, teller } = await paidOut(DAY + 2);
    await saga.fail("resolve-off-ramp");
    const at = new Date(saga.clock.now() - DAY).toISOString();
    await teller.tells("off_ramp", "tombstoned", { at });
    expect(await saga.fail("resolve-off-ramp")).toBe("OutcomePending");
  });

  it("gives way to the payout when that is told, and the payment completes", async () => {
    const { saga, teller } = await paidOut(DAY + 2);
    await saga.fail("resolve-off-ramp");
    await teller.tells("off_ramp", "tombstoned");
    const { amount, currency, received, received_currency } = await saga.saysOf("off_ramp");
    const gave = { receive_amount: Number(received), receive_currency: received_currency };
    const told = { id: "off_1", amount: Number(amount), currency, ...gave };
    expect(await teller.tells("off_ramp", "succeeded", told)).toMatchObject({ outcome: "recorded" });
    saga.payer.down = true;
    await saga.run("resolve-off-ramp");
    expect(await saga.payment()).toMatchObject({ off_ramp_tx_id: "off_1" });
    expect((await saga.payment()).disputed).toBeUndefined();
  });

  it("is not believed as an operator's confirmation either: only what a person vouches for is", async () => {
    const { saga } = await paidOut(DAY + 2);
    await saga.fail("resolve-off-ramp");
    expect(saga.payer.books.get(saga.key("off_ramp"))).toEqual({ outcome: "tombstoned" });
    expect(await saga.fail("resolve-off-ramp")).toBe("OutcomePending");
  });
});

describe("a tombstone that we ordered while the key was remembered", () => {
  it("is believed when it is told, at once or late", async () => {
    for (const late of [1, 2 * DAY]) {
      const saga = await ConversionSaga.after("on-ramp");
      saga.payer.next("off_ramp", "unavailable");
      await saga.fail("off-ramp");
      saga.clock.advance(6 * HOUR);
      saga.payer.down = true;
      await saga.fail("resolve-off-ramp"); // forbidden on our side; the answer is lost
      const at = new Date(saga.clock.now()).toISOString();
      saga.clock.advance(late);
      const teller = new Teller(saga);
      expect(await teller.tells("off_ramp", "tombstoned", { at })).toMatchObject({ disagreements: [] });
      expect(await saga.fail("resolve-off-ramp")).toBe("OutcomeAbsent");
    }
  });

  it("is not believed once it was asked for again too late: that one may be what is told", async () => {
    const { saga, teller } = await paidOut(HOUR);
    saga.payer.down = true;
    await saga.fail("resolve-off-ramp");
    saga.clock.advance(DAY);
    await saga.fail("resolve-off-ramp");
    await teller.tells("off_ramp", "tombstoned", { at: new Date(saga.clock.now()).toISOString() });
    expect(teller.found()).toEqual([expect.stringContaining(IN_DOUBT)]);
  });

  it("is weakened by a provider that dates it too late", async () => {
    const { saga, teller } = await paidOut(DAY - HOUR / 2);
    saga.payer.down = true;
    await saga.fail("resolve-off-ramp");
    const at = new Date(saga.clock.now() + HOUR - 1).toISOString();
    await teller.tells("off_ramp", "tombstoned", { at });
    expect(teller.found()).toEqual([expect.stringContaining(IN_DOUBT)]);
  });
});
