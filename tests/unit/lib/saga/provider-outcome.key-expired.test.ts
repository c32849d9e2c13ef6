// A provider remembers keys for a time. Afterwards its "never seen" proves nothing, and a tombstone
// that it sets forbids nothing that has happened.
import { describe, expect, it, jest } from "@jest/globals";
import type { ForwardOperation } from "../../../../functions/lib/domain/saga-definition.ts";
import { CardSaga } from "../../../support/card-saga.ts";
import { ConversionSaga } from "../../../support/conversion-saga.ts";
import type { MemoryBooks } from "../../../support/memory/memory-books.ts";

const DAY = 86_400_000;

/** A payment whose step did its work and had no answer, and whose key has expired since. */
async function forgotten<Saga extends CardSaga | ConversionSaga>(
  saga: Saga,
  books: MemoryBooks<string>,
  operation: ForwardOperation,
  step: Parameters<Saga["fail"]>[0],
): Promise<Saga> {
  books.next(operation, "lose");
  expect(await saga.fail(step as never)).toBe("OutcomeUnknown");
  saga.clock.advance(DAY + 2);
  books.books.clear();
  return saga;
}

async function capture(): Promise<CardSaga> {
  const saga = await CardSaga.after("post-ledger");
  return forgotten(saga, saga.provider, "capture", "capture-payment");
}
async function authorization(): Promise<CardSaga> {
  const saga = await CardSaga.after("validate-payment");
  return forgotten(saga, saga.provider, "authorize", "authorize-payment");
}
async function purchase(): Promise<ConversionSaga> {
  const saga = await ConversionSaga.after("authorize-conversion");
  return forgotten(saga, saga.seller, "on_ramp", "on-ramp");
}
async function payout(): Promise<ConversionSaga> {
  const saga = await ConversionSaga.after("on-ramp");
  return forgotten(saga, saga.payer, "off_ramp", "off-ramp");
}

describe("what a key stands for that may have expired", () => {
  it("is not taken for a capture that never happened", async () => {
    const saga = await capture();
    expect(await saga.fail("resolve-capture")).toBe("OutcomePending");
    expect(await saga.fail("fail-payment")).toBe("InvariantBroken");
  });

  it("is not taken for a hold that was never made", async () => {
    const saga = await authorization();
    expect(await saga.fail("void-authorization")).toBe("OutcomeUnknown");
    expect((await saga.payment()).marks.undone).toEqual({});
  });

  it("is not taken for a purchase that never happened, neither by its Resolve nor by its undo", async () => {
    const saga = await purchase();
    expect(await saga.fail("resolve-on-ramp")).toBe("OutcomePending");
    expect(await saga.fail("reverse-on-ramp")).toBe("OutcomeUnknown");
    expect((await saga.payment()).marks.undone).toEqual({});
  });

  it("is not taken for a payout that never happened, so that nothing is sold back", async () => {
    const saga = await payout();
    expect(await saga.fail("resolve-off-ramp")).toBe("OutcomePending");
    saga.payer.nature.tombstones = false;
    expect(await saga.fail("resolve-off-ramp")).toBe("OutcomePending");
    expect(saga.calls("reverse_on_ramp")).toBe(0);
  });

  it("is counted from when it was first asked, not from when the payment came or was tried last", async () => {
    const saga = await ConversionSaga.after("on-ramp");
    saga.clock.advance(2 * DAY);
    saga.payer.next("off_ramp", "unavailable", "unavailable");
    await saga.fail("off-ramp");
    saga.clock.advance(DAY - 10_000);
    await saga.fail("off-ramp");
    expect(await saga.fail("resolve-off-ramp")).toBe("OutcomeAbsent");
    const late = await ConversionSaga.after("on-ramp");
    late.payer.next("off_ramp", "unavailable", "unavailable");
    await late.fail("off-ramp");
    late.clock.advance(DAY - 10_000);
    await late.fail("off-ramp");
    late.clock.advance(20_000);
    expect(await late.fail("resolve-off-ramp")).toBe("OutcomePending");
  });

  it("is what its webhook reported", async () => {
    const saga = await payout();
    await saga.hearsOf("off_ramp", "off_1");
    await saga.run("resolve-off-ramp");
    expect(await saga.payment()).toMatchObject({ off_ramp_tx_id: "off_1" });
  });

  it("is a refusal that was recorded when it was given", async () => {
    const saga = await ConversionSaga.after("on-ramp");
    saga.payer.next("off_ramp", "refuse");
    expect(await saga.fail("off-ramp")).toBe("OffRampDeclined");
    saga.payer.books.clear();
    saga.clock.advance(DAY + 2);
    expect(await saga.fail("resolve-off-ramp")).toBe("OutcomeAbsent");
  });
});

describe("what stood on a step that is undone", () => {
  it("did not happen, whoever asks again and however late", async () => {
    const saga = await ConversionSaga.after("on-ramp");
    saga.payer.next("off_ramp", "unavailable");
    await saga.fail("off-ramp");
    saga.clock.advance(600_000);
    expect(await saga.fail("resolve-off-ramp")).toBe("OutcomeAbsent");
    await saga.run("reverse-on-ramp");
    saga.clock.advance(DAY);
    expect(await saga.fail("resolve-off-ramp")).toBe("OutcomeAbsent");
    const captured = await CardSaga.after("post-ledger");
    captured.provider.next("capture", "unavailable");
    await captured.fail("capture-payment");
    captured.clock.advance(600_000);
    expect(await captured.fail("resolve-capture")).toBe("OutcomeAbsent");
    await captured.run("reverse-ledger");
    captured.clock.advance(DAY);
    expect(await captured.fail("resolve-capture")).toBe("OutcomeAbsent");
  });
});

describe("a hold that is known by its id", () => {
  it("is not taken for released because the provider says that there never was one", async () => {
    const saga = await CardSaga.after("authorize-payment");
    await saga.hears({ operation: "authorize", state: "tombstoned", id: "none" });
    expect(await saga.fail("void-authorization")).toBe("ContradictionStands");
    const denied = await CardSaga.after("authorize-payment");
    jest.spyOn(denied.provider, "void").mockResolvedValueOnce({ outcome: "absent" });
    denied.clock.advance(DAY / 2);
    expect(await denied.fail("void-authorization")).toBe("OutcomeUnknown");
  });

  it("is released by it, however long ago the key expired", async () => {
    const saga = await CardSaga.after("authorize-payment");
    saga.clock.advance(2 * DAY);
    await saga.run("void-authorization");
    expect((await saga.payment()).marks.undone["authorize-payment"]).toBeDefined();
    expect(saga.provider.voided).toEqual([(await saga.payment()).authorization_id]);
  });

  it("is the one that the provider reported, where nobody recorded it", async () => {
    const saga = await authorization();
    await saga.hears({
      operation: "authorize",
      state: "succeeded",
      id: "auth_told",
    });
    await saga.run("void-authorization");
    expect(saga.provider.voided).toEqual(["auth_told"]);
  });

  it("is released under its key while that is remembered, so that every try of the void says the same", async () => {
    const saga = await CardSaga.after("validate-payment");
    saga.provider.next("authorize", "lose");
    await saga.fail("authorize-payment");
    await saga.hears({ operation: "authorize", state: "succeeded", id: "auth_told" });
    await saga.run("void-authorization");
    expect(saga.provider.voided).toEqual([]);
    expect((await saga.payment()).marks.undone["authorize-payment"]).toBeDefined();
  });

  it("is none where the provider reported that it made none", async () => {
    const saga = await authorization();
    await saga.hears({
      operation: "authorize",
      state: "refused",
      id: "auth_none",
    });
    await saga.run("void-authorization");
    expect(saga.provider.voided).toEqual([]);
    expect((await saga.payment()).marks.undone["authorize-payment"]).toBeDefined();
  });
});
