// What every payment store does with what is personal: a replay repeats it, an erasure blanks it
// wherever it is kept, and nothing else of the payment moves.
import { expect, it } from "@jest/globals";
import { fingerprintOf, idFor } from "../../../functions/lib/domain/idempotency.ts";
import type { Operation } from "../../../functions/lib/domain/operation.ts";
import { isSameBody } from "../../../functions/lib/domain/personal-data.ts";
import type { Acceptance } from "../../../functions/lib/ports/payment-store.ts";
import {
  acceptanceFor,
  claimed,
  failureOf,
  OWNER,
  type Stores,
  sequencesIn,
  stored,
  transitions,
} from "./fixtures.ts";

/** Keys in an order that is not the alphabet's, and every name that an object has by itself. */
const METADATA: Record<string, string> = JSON.parse(
  `{"zeta":"1","alpha":"2","constructor":"3","__proto__":"4","toString":"5","note":"größer ≠ \\"gleich\\" 🙂"}`,
);
const DESCRIPTION = 'a chair for "größer" 🙂';
const USER = "7f0c0d9e-5b52-4d8e-9a53-0d1f4b1c2a3b";

/** An acceptance whose answer and body hold what is personal, in the middle of other members. */
function personalAcceptance(key: string, requestId = `request of ${key}`): Acceptance {
  const own = { description: DESCRIPTION, metadata: METADATA };
  const acceptance = acceptanceFor({ key, requestId, ...own, user_id: USER });
  const { payment_id, status } = acceptance.payment;
  const personal = { user_id: USER, reference: "r", ...own };
  return {
    ...acceptance,
    response: JSON.stringify({ payment_id, ...personal, status }),
    fingerprint: fingerprintOf({ amount: 1000, currency: "EUR", ...personal }),
  };
}

export function describeErasure(given: () => Stores): void {
  const erase = (paymentId: string, more: Partial<Operation> = {}) => {
    const at = new Date(given().clock.now()).toISOString();
    const operation_id = idFor("erasure of a test", at, paymentId);
    const operation: Operation = {
      operation_id,
      kind: "erasure",
      at,
      by: "mia",
      payment_id: paymentId,
      ...more,
    };
    return given().payments.erase(paymentId, operation);
  };
  const erasuresOf = async (paymentId: string) => {
    const day = new Date(given().clock.now()).toISOString().slice(0, 10);
    return (await given().operations.ofDay(day, 1_000)).filter(({ payment_id }) => payment_id === paymentId);
  };
  const replay = (key: string) => given().payments.accept(personalAcceptance(key, "again"));
  /** A payment that has ended, with everything that is kept of it. */
  const ended = async (key: string) => {
    const { payments } = given();
    const acceptance = personalAcceptance(key);
    await payments.accept(acceptance);
    const { payment_id } = acceptance.payment;
    await payments.commit(await stored(given(), payment_id), transitions.failing);
    return { acceptance, payment_id };
  };
  const withoutWords = ({ payment_id, status }: { payment_id: string; status: string }) =>
    JSON.stringify({ payment_id, reference: "r", status });

  it("is in the replayed answer to the byte, whatever its keys are called and in their order", async () => {
    const acceptance = personalAcceptance("personal replay");
    await given().payments.accept(acceptance);
    const { response, fingerprint } = acceptance;
    expect(await replay("personal replay")).toEqual({ outcome: "known", response, fingerprint });
    const { metadata, description } = await stored(given(), acceptance.payment.payment_id);
    expect(JSON.stringify(metadata)).toBe(JSON.stringify(METADATA));
    expect(description).toBe(DESCRIPTION);
  });

  it("is in the replayed answer as it was sent, however the payment has changed since", async () => {
    const { acceptance } = await ended("personal replay of what ended");
    expect(await replay("personal replay of what ended")).toMatchObject({ response: acceptance.response });
  });

  it("is gone from the payment and from the replayed answer, and nothing else has changed", async () => {
    const { payments } = given();
    const { acceptance, payment_id } = await ended("erased");
    const { user_id, description, metadata, ...before } = await stored(given(), payment_id);
    const events = await payments.events(payment_id);
    const personal = { user_id: USER, description: DESCRIPTION, metadata: METADATA };
    expect({ user_id, description, metadata }).toEqual(personal);
    expect(await erase(payment_id)).toBe(true);
    const { erased_at, ...after } = await stored(given(), payment_id);
    expect(erased_at).toBe(new Date(given().clock.now()).toISOString());
    expect(after).toEqual(before);
    expect(await payments.events(payment_id)).toEqual(events);
    const response = withoutWords(acceptance.payment);
    expect(await replay("erased")).toMatchObject({ outcome: "known", response });
  });

  it("leaves no hash by which a guess could be confirmed, and every other member is still compared", async () => {
    const { payment_id } = await ended("erased hashes");
    await erase(payment_id);
    const known = await replay("erased hashes");
    if (known.outcome !== "known") throw new Error(`the key is ${known.outcome}`);
    const { body, members } = known.fingerprint;
    expect({ body, members: Object.keys(members) }).toEqual({
      body: undefined,
      members: ["amount", "currency", "reference"],
    });
    const sent = { amount: 1000, currency: "EUR", reference: "r" };
    const same = (request: Record<string, unknown>) => isSameBody(known.fingerprint, fingerprintOf(request));
    expect(same({ ...sent, user_id: USER, description: DESCRIPTION, metadata: METADATA })).toBe(true);
    expect(same({ ...sent, description: "a guess" })).toBe(true);
    expect(same({ ...sent, amount: 1001, user_id: USER })).toBe(false);
    expect(same({ amount: 1000, currency: "EUR", user_id: USER })).toBe(false);
  });

  it("is erased once: done again it is erased since the first time", async () => {
    const { clock } = given();
    const { payment_id } = await ended("erased again");
    await erase(payment_id);
    const before = await stored(given(), payment_id);
    clock.advance(60_000);
    expect(await erase(payment_id)).toBe(true);
    expect(await stored(given(), payment_id)).toEqual(before);
  });

  it("is erased with whose hand it was, each time, and once for an answer that was lost", async () => {
    const { clock } = given();
    const { payment_id } = await ended("by whose hand");
    expect(await erase(payment_id, { reason: "asked for" })).toBe(true);
    expect(await erase(payment_id, { reason: "asked for" })).toBe(true);
    expect(await erasuresOf(payment_id)).toEqual([
      expect.objectContaining({ kind: "erasure", by: "mia", reason: "asked for" }),
    ]);
    clock.advance(1_000);
    await erase(payment_id);
    expect(await erasuresOf(payment_id)).toHaveLength(2);
  });

  it("is not erased where its operation stands without it", async () => {
    const { operations } = given();
    const { payment_id } = await ended("operation stands");
    const at = "2026-04-01T00:00:00.000Z";
    const operation_id = idFor("erasure of a test", at, payment_id);
    await operations.record({ operation_id, kind: "erasure", at, by: "somebody", payment_id });
    expect(await failureOf(erase(payment_id, { operation_id, at }))).toBe("InvariantBroken");
    expect(await stored(given(), payment_id)).toMatchObject({
      user_id: USER,
      description: DESCRIPTION,
      metadata: METADATA,
    });
  });

  it("is kept where a description alone was given, and is erased", async () => {
    const acceptance = acceptanceFor({ key: "a description alone", description: DESCRIPTION });
    await given().payments.accept(acceptance);
    const { payment_id } = acceptance.payment;
    expect(await stored(given(), payment_id)).toEqual(acceptance.payment);
    await given().payments.commit(acceptance.payment, transitions.failing);
    await erase(payment_id);
    expect(await stored(given(), payment_id)).not.toHaveProperty("description");
  });

  it("stays while the payment has not ended, a parked one too, and of none there is none to erase", async () => {
    const { payments } = given();
    const payment = await claimed(given(), { key: "not ended", metadata: METADATA });
    expect(await erase(payment.payment_id)).toBe(false);
    expect(await stored(given(), payment.payment_id)).toEqual(payment);
    const parked = await payments.commit(payment, transitions.parking);
    expect(await erase(payment.payment_id)).toBe(false);
    expect(await stored(given(), payment.payment_id)).toEqual(parked);
    expect(await erasuresOf(payment.payment_id)).toEqual([]);
    const { payment_id } = acceptanceFor({ key: "nothing to erase" }).payment;
    expect(await erase(payment_id)).toBe(false);
    expect(await payments.load(payment_id)).toBeUndefined();
  });

  it("does not come back by a write of somebody who had read it before", async () => {
    const { payments, hand } = given();
    const { payment_id } = await ended("read before");
    await hand.alter(payment_id, { owner_execution: OWNER, status: "COMPLETED" });
    const read = await stored(given(), payment_id);
    await erase(payment_id);
    const guard = { execution: OWNER };
    const event = { type: "payment.notified", data: {} } as const;
    const achieves = { done: "notify-payment" } as const;
    const changes = { notified_at: "2026-01-01T00:00:02.000Z" };
    const notified = { guard, event, achieves, changes, status: "COMPLETED", journals: [] } as const;
    await payments.commit(read, { ...notified, journals: [] });
    const after = await stored(given(), payment_id);
    expect(after).toMatchObject({ notified_at: changes.notified_at, version: read.version + 1 });
    const { user_id, description, metadata } = after;
    expect({ user_id, description, metadata }).toEqual({});
  });

  it("of a payment whose first event is older, and holds the answer whole, replays and is erased", async () => {
    const { hand } = given();
    const { acceptance, payment_id } = await ended("kept as before");
    await hand.keepAsBefore(acceptance);
    const { response, fingerprint } = acceptance;
    expect(await replay("kept as before")).toEqual({ outcome: "known", response, fingerprint });
    expect((await stored(given(), payment_id)).metadata).toEqual({ order: "7" });
    expect(await erase(payment_id)).toBe(true);
    expect(await replay("kept as before")).toMatchObject({ response: withoutWords(acceptance.payment) });
    expect((await stored(given(), payment_id)).metadata).toBeUndefined();
  });

  it("is erased though the first event is lost", async () => {
    const { payments, hand } = given();
    const { payment_id } = await ended("first event lost");
    await hand.loseEvent(payment_id, 1);
    expect(await erase(payment_id)).toBe(true);
    const { user_id, description, metadata } = await stored(given(), payment_id);
    expect({ user_id, description, metadata }).toEqual({});
    expect(sequencesIn(await payments.events(payment_id))).not.toContain(1);
  });
}
