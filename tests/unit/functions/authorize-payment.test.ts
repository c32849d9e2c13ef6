// AuthorizePayment in its three parts, which are intent, provider call and transaction, and what it
// does when it dies between them.
import { describe, expect, it, jest } from "@jest/globals";
import { FAILURES_TO_OPEN } from "../../../functions/lib/domain/circuit-breaker.ts";
import { StoreContention, StoreUnavailable } from "../../../functions/lib/errors/registry.ts";
import { CardSaga } from "../../support/card-saga.ts";

const STEP = "authorize-payment";
const authorizable = () => CardSaga.after("validate-payment");

describe("authorize-payment", () => {
  it("holds the amount once and tells it", async () => {
    const saga = await authorizable();
    await saga.run(STEP);
    const key = `${saga.payment_id}:authorize`;
    expect(saga.provider.calls).toEqual([`authorize ${key}`]);
    expect(await saga.payment()).toMatchObject({ status: "PROCESSING", authorization_id: `auth-${key}` });
    expect(await saga.told()).toEqual(["accepted", "validated", "authorized"]);
  });

  it("returns its own result when it runs twice, and calls nobody", async () => {
    const saga = await authorizable();
    await saga.run(STEP);
    await saga.run(STEP);
    expect(saga.provider.calls).toHaveLength(1);
    expect(await saga.told()).toEqual(["accepted", "validated", "authorized"]);
  });

  it("asks by key after a lost answer and does not send again", async () => {
    const saga = await authorizable();
    saga.provider.next("authorize", "lose");
    expect(await saga.fail(STEP)).toBe("OutcomeUnknown");
    await saga.run(STEP);
    expect([saga.calls("authorize"), saga.calls("find")]).toEqual([1, 1]);
    expect(await saga.told()).toEqual(["accepted", "validated", "authorized"]);
  });

  it("sends again only after the provider answered that it never saw the key", async () => {
    const saga = await authorizable();
    saga.provider.next("authorize", "unavailable");
    expect(await saga.fail(STEP)).toBe("OutcomeUnknown");
    await saga.run(STEP);
    expect(saga.provider.calls.map((call) => call.split(" ")[0])).toEqual(["authorize", "find", "authorize"]);
  });

  it("does not send again while the provider does not answer the question", async () => {
    const saga = await authorizable();
    saga.provider.next("authorize", "unavailable");
    await saga.fail(STEP);
    jest.spyOn(saga.provider, "find").mockResolvedValueOnce({ outcome: "unknown", message: "503" });
    expect(await saga.fail(STEP)).toBe("OutcomeUnknown");
    expect(saga.calls("authorize")).toBe(1);
  });

  it("waits for an authorization that the provider has not decided", async () => {
    const saga = await authorizable();
    jest.spyOn(saga.provider, "authorize").mockResolvedValueOnce({ outcome: "pending" });
    expect(await saga.fail(STEP)).toBe("OutcomeUnknown");
    expect((await saga.payment()).authorization_id).toBeUndefined();
  });

  it("never resends once the key may have expired, however often it is tried", async () => {
    const saga = await authorizable();
    saga.provider.next("authorize", "unavailable");
    await saga.fail(STEP);
    saga.clock.advance(saga.provider.nature.key_ttl_seconds * 1000 + 1);
    expect(await saga.fail(STEP)).toBe("OutcomeUnknown");
    expect(await saga.fail(STEP)).toBe("OutcomeUnknown");
    expect([saga.calls("authorize"), saga.calls("find")]).toEqual([1, 2]);
  });

  it("sends for the first time however long the payment has waited for its start", async () => {
    const saga = await authorizable();
    saga.clock.advance(saga.provider.nature.key_ttl_seconds * 1000 + 1);
    await saga.run(STEP);
    expect(await saga.told()).toEqual(["accepted", "validated", "authorized"]);
  });

  it("persists why the card was declined before it says so", async () => {
    const saga = await authorizable();
    saga.provider.next("authorize", "refuse");
    expect(await saga.fail(STEP)).toBe("CardDeclined");
    expect((await saga.payment()).failure).toEqual({ code: "CardDeclined", message: "no", step: STEP });
    expect(await saga.told()).toEqual(["accepted", "validated"]);
  });

  it("is declined again, without sending, when it runs after a decline", async () => {
    const saga = await authorizable();
    saga.provider.next("authorize", "refuse");
    await saga.fail(STEP);
    expect(await saga.fail(STEP)).toBe("CardDeclined");
    expect(saga.calls("authorize")).toBe(1);
  });

  it("throws UndoStarted and calls nobody when its undo has begun", async () => {
    const saga = await authorizable();
    await saga.tombstone(STEP);
    expect(await saga.fail(STEP)).toBe("UndoStarted");
    expect(saga.provider.calls).toEqual([]);
  });

  it("throws UndoStarted when the provider keeps a tombstone for its key", async () => {
    const saga = await authorizable();
    saga.provider.books.set(`${saga.payment_id}:authorize`, { outcome: "tombstoned" });
    expect(await saga.fail(STEP)).toBe("UndoStarted");
    expect(await saga.told()).toEqual(["accepted", "validated"]);
  });

  it("throws CancelRequested and calls nobody when the merchant withdrew before its intent", async () => {
    const saga = await authorizable();
    await saga.requestCancel();
    expect(await saga.fail(STEP)).toBe("CancelRequested");
    expect(saga.provider.calls).toEqual([]);
    expect((await saga.payment()).marks.intent).toEqual({});
  });

  it("does not wait for its provider once the merchant cancelled: nothing would begin any more", async () => {
    const saga = await authorizable();
    for (let n = 0; n < FAILURES_TO_OPEN; n++)
      await saga.breaker.report(saga.provider.nature.name, "unavailable");
    expect(await saga.fail(STEP)).toBe("ProviderUnavailable");
    await saga.requestCancel();
    expect(await saga.fail(STEP)).toBe("CancelRequested");
    expect(saga.provider.calls).toEqual([]);
  });

  it("lets a stale owner write nothing and call nobody", async () => {
    const saga = await authorizable();
    const before = await saga.everything();
    expect(await saga.fail(STEP, "attempt-0")).toBe("Superseded");
    expect(await saga.everything()).toEqual(before);
  });

  it("knows that nothing happened when its intent could not be written", async () => {
    const saga = await authorizable();
    jest.spyOn(saga.payments, "begin").mockRejectedValueOnce(new StoreContention("busy"));
    expect(await saga.fail(STEP)).toBe("StoreContention");
    expect(saga.provider.calls).toEqual([]);
  });

  it.each([new StoreContention("busy"), new StoreUnavailable("down")])(
    "turns a %s after the call into OutcomeUnknown, then asks and does not send again",
    async (trouble) => {
      const saga = await authorizable();
      jest.spyOn(saga.payments, "commit").mockRejectedValueOnce(trouble);
      expect(await saga.fail(STEP)).toBe("OutcomeUnknown");
      await saga.run(STEP);
      expect([saga.calls("authorize"), saga.calls("find")]).toEqual([1, 1]);
      expect(await saga.told()).toEqual(["accepted", "validated", "authorized"]);
    },
  );
});
