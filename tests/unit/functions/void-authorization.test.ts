// VoidAuthorization: it releases what is held under the authorization's key, or may still be.
import { describe, expect, it, jest } from "@jest/globals";
import { StoreContention } from "../../../functions/lib/errors/registry.ts";
import { CardSaga } from "../../support/card-saga.ts";

const STEP = "void-authorization";
const VOIDED = ["accepted", "validated", "authorized", "voided"];

describe("void-authorization", () => {
  it("releases the hold and tells it", async () => {
    const saga = await CardSaga.after("authorize-payment");
    await saga.run(STEP);
    expect(saga.calls("void")).toBe(1);
    expect(await saga.told()).toEqual(VOIDED);
    expect((await saga.payment()).marks.undone["authorize-payment"]).toBeDefined();
  });

  it("releases once when it runs twice", async () => {
    const saga = await CardSaga.after("authorize-payment");
    await saga.run(STEP);
    await saga.run(STEP);
    expect(saga.calls("void")).toBe(1);
    expect(await saga.told()).toEqual(VOIDED);
  });

  it("calls nobody for an authorization that was never intended", async () => {
    const saga = await CardSaga.after("validate-payment");
    await saga.run(STEP);
    expect(saga.provider.calls).toEqual([]);
    expect(await saga.told()).toEqual(["accepted", "validated"]);
  });

  it("calls nobody for an authorization that was declined", async () => {
    const saga = await CardSaga.after("validate-payment");
    saga.provider.next("authorize", "refuse");
    await saga.fail("authorize-payment");
    await saga.run(STEP);
    expect(saga.calls("void")).toBe(0);
    expect(await saga.told()).toEqual(["accepted", "validated"]);
  });

  it("releases a hold whose answer was lost", async () => {
    const saga = await CardSaga.after("validate-payment");
    saga.provider.next("authorize", "lose");
    await saga.fail("authorize-payment");
    await saga.run(STEP);
    expect(await saga.told()).toEqual(["accepted", "validated", "voided"]);
  });

  it("stops an authorization that is still in flight from being recorded", async () => {
    const saga = await CardSaga.after("validate-payment");
    const authorize = saga.provider.authorize.bind(saga.provider);
    jest.spyOn(saga.provider, "authorize").mockImplementationOnce(async (request) => {
      await saga.run(STEP);
      return authorize(request);
    });
    expect(await saga.fail("authorize-payment")).toBe("UndoStarted");
    expect((await saga.payment()).authorization_id).toBeUndefined();
    expect(await saga.told()).toEqual(["accepted", "validated", "voided"]);
  });

  it("asks for its retry when the provider refuses, and undoes when it no longer does", async () => {
    const saga = await CardSaga.after("authorize-payment");
    jest.spyOn(saga.provider, "void").mockResolvedValueOnce({ outcome: "refused", message: "not now" });
    expect(await saga.fail(STEP)).toBe("UndoRefused");
    expect(await saga.told()).toEqual(["accepted", "validated", "authorized"]);
    await saga.run(STEP);
    expect(await saga.told()).toEqual(VOIDED);
  });

  it.each(["lose", "unavailable"] as const)("says OutcomeUnknown when the answer is: %s", async (outcome) => {
    const saga = await CardSaga.after("authorize-payment");
    saga.provider.next("void", outcome);
    expect(await saga.fail(STEP)).toBe("OutcomeUnknown");
    await saga.run(STEP);
    expect(await saga.told()).toEqual(VOIDED);
  });

  it("turns contention after the call into OutcomeUnknown", async () => {
    const saga = await CardSaga.after("authorize-payment");
    jest.spyOn(saga.payments, "commit").mockRejectedValueOnce(new StoreContention("busy"));
    expect(await saga.fail(STEP)).toBe("OutcomeUnknown");
  });

  it("passes the merchant's orders for the sandbox on", async () => {
    const saga = await CardSaga.after("authorize-payment", { metadata: { sandbox: "refused_void_x1" } });
    const released = jest.spyOn(saga.provider, "void");
    await saga.run(STEP);
    expect(released.mock.calls[0]?.[0].metadata).toEqual({ sandbox: "refused_void_x1" });
  });

  it("is not sure of an unseen hold that may still arrive, where the provider keeps no tombstones", async () => {
    const saga = await CardSaga.after("validate-payment");
    saga.provider.nature = { ...saga.provider.nature, tombstones: false };
    saga.provider.next("authorize", "unavailable");
    await saga.fail("authorize-payment");
    saga.clock.advance(44_000);
    expect(await saga.fail(STEP)).toBe("OutcomeUnknown");
    saga.clock.advance(2_000);
    await saga.run(STEP);
    expect(await saga.told()).toEqual(["accepted", "validated", "voided"]);
  });

  it("fails as a defect for a captured payment, and calls nobody", async () => {
    const saga = await CardSaga.after("capture-payment");
    expect(await saga.fail(STEP)).toBe("InvariantBroken");
    expect(saga.calls("void")).toBe(0);
  });

  it("lets a stale owner write nothing and call nobody", async () => {
    const saga = await CardSaga.after("authorize-payment");
    const before = await saga.everything();
    expect(await saga.fail(STEP, "attempt-0")).toBe("Superseded");
    expect(await saga.everything()).toEqual(before);
  });
});
