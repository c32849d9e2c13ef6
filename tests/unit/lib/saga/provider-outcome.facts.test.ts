// What the steps do with a fact, which the provider reported by itself: they believe it where they
// would have to ask, and it does no harm otherwise.

import { describe, expect, it, jest } from "@jest/globals";
import type { Fact } from "../../../../functions/lib/domain/provider-fact.ts";
import { providerKey, type STEPS_OF } from "../../../../functions/lib/domain/saga-definition.ts";
import { CardSaga } from "../../../support/card-saga.ts";

const COMPLETED = ["accepted", "validated", "authorized", "posted", "completed"];

const AT = "2026-01-01T00:00:00.000Z";
const MONEY = { amount: 1000n, currency: "EUR" };
const TOLD = { amount: 1000, currency: "EUR" };
const keyOf = ({ payment_id }: CardSaga, operation: Fact["operation"]) => providerKey(payment_id, operation);

const tell = (saga: CardSaga, operation: Fact["operation"], state: Fact["state"], id = "told_1") =>
  saga.payments.recordFact(saga.payment_id, { operation, state, id, at: AT });

/** A payment after `last` whose next step sent once and had no answer: the provider saw nothing. */
async function unanswered(
  last: (typeof STEPS_OF.card)[number],
  next: "authorize" | "capture",
): Promise<CardSaga> {
  const saga = await CardSaga.after(last);
  saga.provider.next(next, "unavailable");
  await saga.fail(`${next}-payment`);
  return saga;
}

describe.each([
  ["authorize", "validate-payment", "CardDeclined"],
  ["capture", "post-ledger", "CaptureDeclined"],
] as const)("a repeated %s", (operation, last, refusal) => {
  const step = `${operation}-payment` as const;

  const shown = operation === "authorize" ? "authorization_id" : "capture_id";

  it("asks once whether it happened, and sends nothing", async () => {
    const saga = await unanswered(last, operation);
    await tell(saga, operation, "succeeded");
    saga.provider.books.set(keyOf(saga, operation), { outcome: "succeeded", id: "told_1", ...MONEY });
    await saga.run(step);
    expect(await saga.payment()).toMatchObject({ [shown]: "told_1" });
    expect([saga.calls("find"), saga.calls(operation)]).toEqual([1, 1]);
  });

  it("believes that it happened where the provider gives no answer, and not where it says less", async () => {
    const saga = await unanswered(last, operation);
    saga.provider.down = true;
    await tell(saga, operation, "succeeded");
    expect(await saga.fail(step)).toBe("OutcomeUnknown");
    const told = { operation, state: "succeeded", id: "told_1", at: AT, ...TOLD } as const;
    expect(await saga.payments.recordFact(saga.payment_id, told)).toEqual({ outcome: "recorded" });
    await saga.run(step);
    expect(await saga.payment()).toMatchObject({ [shown]: "told_1" });
  });

  it("waits while the provider still denies it", async () => {
    const saga = await unanswered(last, operation);
    await tell(saga, operation, "succeeded");
    expect(await saga.fail(step)).toBe("OutcomeUnknown");
    expect((await saga.payment())[shown]).toBeUndefined();
  });

  it("is disputed where the provider answers that it refused what it told", async () => {
    const saga = await unanswered(last, operation);
    await tell(saga, operation, "succeeded");
    saga.provider.books.set(keyOf(saga, operation), { outcome: "refused", message: "no" });
    expect(await saga.fail(step)).toBe("ContradictionStands");
    expect((await saga.payment()).disputed).toEqual([operation]);
    saga.provider.books.set(keyOf(saga, operation), { outcome: "succeeded", id: "told_1", ...MONEY });
    expect(await saga.fail(step)).toBe("ContradictionStands");
  });

  it("is disputed where the provider answers with another id than it told: it may have done both", async () => {
    const saga = await unanswered(last, operation);
    await tell(saga, operation, "succeeded");
    saga.provider.books.set(keyOf(saga, operation), { outcome: "succeeded", id: "other", ...MONEY });
    expect(await saga.fail(step)).toBe("ContradictionStands");
    saga.provider.down = true;
    expect(await saga.fail(step)).toBe("ContradictionStands");
    const { disputed, facts } = await saga.payment();
    expect(disputed).toEqual([operation]);
    expect(facts?.[operation]).toMatchObject({ id: "told_1", contradicted: { id: "other", amount: 1000 } });
  });

  it("believes a refusal, with a reason that the payment keeps", async () => {
    const saga = await unanswered(last, operation);
    await tell(saga, operation, "refused");
    expect(await saga.fail(step)).toBe(refusal);
    expect((await saga.payment()).failure).toMatchObject({ code: refusal, step });
  });

  it("enters its undo for a tombstone", async () => {
    const saga = await unanswered(last, operation);
    await tell(saga, operation, "tombstoned");
    expect(await saga.fail(step)).toBe("UndoStarted");
  });

  it("does not send again what the provider has, undecided, though it denies that when asked", async () => {
    const saga = await unanswered(last, operation);
    await tell(saga, operation, "pending");
    expect(await saga.fail(step)).toBe("OutcomeUnknown");
    expect([saga.calls("find"), saga.calls(operation)]).toEqual([1, 1]);
  });

  it("asks and sends while nothing was reported", async () => {
    const saga = await unanswered(last, operation);
    await saga.run(step);
    expect([saga.calls("find"), saga.calls(operation)]).toEqual([1, 2]);
  });
});

describe("a webhook", () => {
  it("that comes before our own answer changes nothing", async () => {
    const saga = await CardSaga.after("post-ledger");
    const capture = saga.provider.capture.bind(saga.provider);
    jest.spyOn(saga.provider, "capture").mockImplementationOnce(async (request) => {
      const answer = await capture(request);
      if (answer.outcome === "succeeded") await tell(saga, "capture", "succeeded", answer.id);
      return answer;
    });
    await saga.run("capture-payment");
    expect(await saga.told()).toEqual(COMPLETED);
    expect(saga.calls("capture")).toBe(1);
  });

  it("that comes while the step commits changes nothing", async () => {
    const saga = await CardSaga.after("post-ledger");
    const commit = saga.payments.commit.bind(saga.payments);
    jest.spyOn(saga.payments, "commit").mockImplementationOnce(async (payment, transition) => {
      const [after] = await Promise.all([commit(payment, transition), tell(saga, "capture", "succeeded")]);
      return after;
    });
    await saga.run("capture-payment");
    expect(await saga.told()).toEqual(COMPLETED);
    expect((await saga.payment()).status).toBe("COMPLETED");
  });
});

describe("resolve-capture", () => {
  it("completes on the provider's own word, once it was asked, and forbids nothing", async () => {
    const saga = await unanswered("post-ledger", "capture");
    await tell(saga, "capture", "succeeded");
    saga.provider.books.set(keyOf(saga, "capture"), { outcome: "succeeded", id: "told_1", ...MONEY });
    await saga.run("resolve-capture");
    expect(await saga.payment()).toMatchObject({ status: "COMPLETED", capture_id: "told_1" });
    expect(saga.calls("tombstone")).toBe(0);
  });

  it.each(["refused", "tombstoned"] as const)(
    "answers absent once the provider reported: %s",
    async (state) => {
      const saga = await unanswered("post-ledger", "capture");
      await tell(saga, "capture", state);
      expect(await saga.fail("resolve-capture")).toBe("OutcomeAbsent");
      expect(saga.calls("tombstone")).toBe(0);
      expect((await saga.payment()).marks.tombstone["capture-payment"]).toBeDefined();
    },
  );

  it("goes on polling for what the provider reported, however long it denies that", async () => {
    const saga = await unanswered("post-ledger", "capture");
    saga.provider.nature = { ...saga.provider.nature, tombstones: false };
    await tell(saga, "capture", "pending");
    saga.clock.advance(3_600_000);
    expect(await saga.fail("resolve-capture")).toBe("OutcomePending");
  });
});

describe("void-authorization", () => {
  it("fails as a defect when the provider says that it captured, and calls nobody", async () => {
    const saga = await CardSaga.after("authorize-payment");
    await tell(saga, "capture", "succeeded");
    expect(await saga.fail("void-authorization")).toBe("InvariantBroken");
    expect(saga.calls("void")).toBe(0);
  });

  it("believes that the hold is released, and releases it while the provider denies that", async () => {
    const saga = await CardSaga.after("authorize-payment");
    await tell(saga, "void", "succeeded");
    saga.provider.down = true;
    await saga.run("void-authorization");
    expect(saga.calls("void")).toBe(0);
    expect((await saga.payment()).released).toBe(true);
    const denied = await CardSaga.after("authorize-payment");
    await tell(denied, "void", "succeeded");
    await denied.run("void-authorization");
    expect(denied.calls("void")).toBe(1);
    expect(await saga.told()).toEqual(["accepted", "validated", "authorized", "voided"]);
  });
});
