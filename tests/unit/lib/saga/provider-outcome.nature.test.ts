// What a provider declares of its nature, honoured by the steps that call it
// (docs/architecture.md#what-a-provider-declares).
import { describe, expect, it } from "@jest/globals";
import type { ProviderNature } from "../../../../functions/lib/ports/provider.ts";
import { CardSaga } from "../../../support/card-saga.ts";

async function given(last: "validate-payment" | "post-ledger", nature: Partial<ProviderNature>) {
  const saga = await CardSaga.after(last);
  saga.provider.nature = { ...saga.provider.nature, ...nature };
  return saga;
}

describe.each([
  ["authorize", "validate-payment"],
  ["capture", "post-ledger"],
] as const)("a provider that forgets keys, when its %s was not answered", (operation, last) => {
  const step = `${operation}-payment` as const;

  it("is asked and sent to again while it remembers", async () => {
    const saga = await given(last, { key_ttl_seconds: 600 });
    saga.provider.next(operation, "unavailable");
    await saga.fail(step);
    saga.clock.advance(599_000);
    await saga.run(step);
    expect([saga.calls("find"), saga.calls(operation)]).toEqual([1, 2]);
  });

  it("is only asked once the key may have expired, however often the step is repeated", async () => {
    const saga = await given(last, { key_ttl_seconds: 600 });
    saga.provider.next(operation, "unavailable");
    await saga.fail(step);
    for (let tries = 0; tries < 3; tries++) {
      saga.clock.advance(600_001);
      expect(await saga.fail(step)).toBe("OutcomeUnknown");
    }
    expect([saga.calls("find"), saga.calls(operation)]).toEqual([3, 1]);
  });

  it("is believed when it still finds what happened", async () => {
    const saga = await given(last, { key_ttl_seconds: 600 });
    saga.provider.next(operation, "lose");
    await saga.fail(step);
    saga.clock.advance(600_001);
    await saga.run(step);
    expect(saga.calls(operation)).toBe(1);
  });
});

describe("a provider that replays errors", () => {
  it("leaves nothing held of an authorization that is stuck", async () => {
    const saga = await given("validate-payment", { replays_errors: true });
    saga.provider.next("authorize", "stick");
    for (let tries = 0; tries < 5; tries++)
      expect(await saga.fail("authorize-payment")).toBe("OutcomeUnknown");
    await saga.run("void-authorization");
    await saga.run("fail-payment");
    expect(await saga.payment()).toMatchObject({
      status: "FAILED",
      failure: { code: "OutcomeUnknown", step: "authorize-payment" },
    });
    expect(saga.provider.books.get(`${saga.payment_id}:authorize`)).toEqual({ outcome: "tombstoned" });
  });

  it("is made to promise that a stuck capture never happens, and everything is undone", async () => {
    const saga = await given("post-ledger", { replays_errors: true });
    saga.provider.next("capture", "stick");
    for (let tries = 0; tries < 5; tries++) expect(await saga.fail("capture-payment")).toBe("OutcomeUnknown");
    expect(await saga.fail("resolve-capture")).toBe("OutcomeAbsent");
    for (const undo of ["reverse-ledger", "void-authorization", "fail-payment"] as const)
      await saga.run(undo);
    expect((await saga.payment()).status).toBe("FAILED");
    expect(saga.provider.books.get(`${saga.payment_id}:capture`)).toEqual({ outcome: "tombstoned" });
  });

  it("is sent the stuck key no more once the capture is being resolved", async () => {
    const saga = await given("post-ledger", { replays_errors: true });
    saga.provider.next("capture", "stick");
    await saga.fail("capture-payment");
    await saga.fail("resolve-capture");
    expect(await saga.fail("capture-payment")).toBe("UndoStarted");
    expect(saga.calls("capture")).toBe(1);
  });
});

describe("a provider that keeps no tombstones, for an authorization that it has not seen", () => {
  async function unseen(nature: Partial<ProviderNature> = {}): Promise<CardSaga> {
    const saga = await given("validate-payment", { tombstones: false, ...nature });
    saga.provider.next("authorize", "unavailable");
    await saga.fail("authorize-payment");
    return saga;
  }
  const VOIDED = ["accepted", "validated", "voided"];

  it("is asked again while a request may still arrive", async () => {
    const saga = await unseen();
    saga.clock.advance(44_000);
    expect(await saga.fail("void-authorization")).toBe("OutcomeUnknown");
    expect((await saga.payment()).marks.undone).toEqual({});
    expect(await saga.fail("fail-payment")).toBe("InvariantBroken");
  });

  it("is believed that nothing is held once no request can arrive any more", async () => {
    const saga = await unseen();
    saga.clock.advance(45_001);
    await saga.run("void-authorization");
    expect(await saga.told()).toEqual(VOIDED);
  });

  it("has as long as it says that a request may take", async () => {
    const saga = await unseen({ in_flight_seconds: 600 });
    saga.clock.advance(629_000);
    expect(await saga.fail("void-authorization")).toBe("OutcomeUnknown");
    saga.clock.advance(2_000);
    await saga.run("void-authorization");
    expect(await saga.told()).toEqual(VOIDED);
  });

  it("is measured from the last time that it was sent", async () => {
    const saga = await unseen();
    saga.clock.advance(44_000);
    saga.provider.next("authorize", "unavailable");
    await saga.fail("authorize-payment");
    saga.clock.advance(2_000);
    expect(await saga.fail("void-authorization")).toBe("OutcomeUnknown");
  });

  it("releases the authorization that shows up late", async () => {
    const saga = await unseen();
    await saga.fail("void-authorization");
    saga.provider.books.set(`${saga.payment_id}:authorize`, { outcome: "succeeded", id: "auth-late" });
    await saga.run("void-authorization");
    expect(saga.provider.books.get(`${saga.payment_id}:void`)).toMatchObject({ outcome: "succeeded" });
    expect(await saga.told()).toEqual(VOIDED);
  });

  it("is not believed after it reported a pending one", async () => {
    const saga = await unseen();
    const at = "2026-01-01T00:00:00.000Z";
    const fact = { operation: "authorize", state: "pending", id: "auth-1", at } as const;
    await saga.payments.recordFact(saga.payment_id, fact);
    saga.clock.advance(3_600_000);
    expect(await saga.fail("void-authorization")).toBe("OutcomeUnknown");
  });
});
