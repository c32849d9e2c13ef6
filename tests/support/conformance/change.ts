// What every payment store does with a change after the fact: what holds and its event in one
// write, in the order of its number, and no step of a saga sees it.
import { expect, it } from "@jest/globals";
import { changeOf } from "../../../functions/lib/domain/change.ts";
import { idFor } from "../../../functions/lib/domain/idempotency.ts";
import { type Changeable, changeableOf, type PaymentRecord } from "../../../functions/lib/domain/payment.ts";
import { acceptanceFor, accepted, claimed, failureOf, type Stores, stored, transitions } from "./fixtures.ts";

export function describeChange(given: () => Stores): void {
  const to = (payment: PaymentRecord, change: Partial<Changeable>): Changeable => ({
    ...changeableOf(payment),
    ...change,
  });
  const change = (payment: PaymentRecord, wanted: Partial<Changeable>) =>
    given().payments.change(payment, changeOf(payment, to(payment, wanted), given().clock.now()));
  const erase = (payment: PaymentRecord) => {
    const at = new Date(given().clock.now()).toISOString();
    const { payment_id } = payment;
    const operation_id = idFor("erasure of a change", at, payment_id);
    return given().payments.erase(payment_id, { operation_id, kind: "erasure", at, by: "mia", payment_id });
  };
  const placesOf = async ({ payment_id }: PaymentRecord): Promise<string[]> =>
    (await given().payments.events(payment_id)).map(({ event_id }) => String(event_id.split(":")[1]));
  const again = ({ payment_id }: PaymentRecord) => stored(given(), payment_id);
  /** A payment of its own key that has completed, by hand. */
  const completed = async (key: string, more: Partial<PaymentRecord> = {}): Promise<PaymentRecord> => {
    const payment = await accepted(given(), { key, ...more });
    await given().hand.alter(payment.payment_id, { status: "COMPLETED", processed_at: payment.created_at });
    return again(payment);
  };
  const reuse = (key: string, reference: string) =>
    given().payments.accept(acceptanceFor({ key, reference }));

  it("keeps what holds, with how often and when, and the payment's own item as it was", async () => {
    const payment = await accepted(given(), {
      key: "a change",
      description: "a chair",
      metadata: { a: "1" },
    });
    const wanted = {
      description: "two chairs",
      metadata: JSON.parse('{"__proto__":"2","b":"ü 🙂","a":"1"}'),
    };
    expect(await change(payment, wanted)).toEqual({ outcome: "changed" });
    const { changed, ...own } = await again(payment);
    expect(own).toEqual(payment);
    expect(changed).toEqual({ changes: 1, at: new Date(given().clock.now()).toISOString(), to: wanted });
    expect(Object.keys(changed?.to.metadata ?? {})).toEqual(["__proto__", "b", "a"]);
  });

  it("tells of it in the trail, behind the event that it came after, and leaves the sequence as it was", async () => {
    const { payments } = given();
    const payment = await accepted(given(), { key: "a change in the trail", metadata: { order: "7" } });
    await change(payment, { description: "secret words" });
    await change(await again(payment), { metadata: { order: "8" } });
    const claimed = await payments.commit(payment, transitions.claim);
    await change(await again(payment), { description: "other words" });
    await payments.commit(claimed, transitions.authorization);
    expect(await placesOf(payment)).toEqual(["1", "change-1", "change-2", "2", "change-3", "3"]);
    const events = await payments.events(payment.payment_id);
    expect(events.filter(({ type }) => type === "payment.updated").map(({ data }) => data)).toEqual([
      { changed: ["description"] },
      { changed: ["metadata"] },
      { changed: ["description"] },
    ]);
    expect(JSON.stringify(events)).not.toMatch(/words|order/);
    expect((await payments.loadWithEvents(payment.payment_id))?.events).toEqual(events);
    expect((await again(payment)).version).toBe(3);
  });

  it("is no matter to a step that has read the payment before: it commits at its first try", async () => {
    const { payments } = given();
    const payment = await claimed(given(), { key: "a step and a change", metadata: { a: "1" } });
    await change(payment, { metadata: { a: "2" } });
    const parked = await payments.commit(payment, transitions.parking);
    expect(parked).toMatchObject({ status: "IN_REVIEW", version: payment.version + 1, metadata: { a: "1" } });
  });

  it("leaves what a money step sends as it was accepted", async () => {
    const { payments } = given();
    const payment = await claimed(given(), { key: "a begun step", metadata: { sandbox: "lost_authorize" } });
    await change(payment, { metadata: {}, description: "x" });
    const begun = await payments.begin(payment.payment_id, {
      execution: String(payment.owner_execution),
      step: "authorize-payment",
    });
    expect(begun?.metadata).toEqual({ sandbox: "lost_authorize" });
    expect((await again(payment)).metadata).toEqual({ sandbox: "lost_authorize" });
  });

  it("is overtaken by one that was made of the same payment, and then writes nothing", async () => {
    const payment = await accepted(given(), { key: "two changes" });
    await change(payment, { description: "the first" });
    expect(await change(payment, { description: "the second" })).toEqual({ outcome: "overtaken" });
    const first = await again(payment);
    expect(await change(first, { description: "the second" })).toEqual({ outcome: "changed" });
    expect(await change(first, { description: "the third" })).toEqual({ outcome: "overtaken" });
    expect((await again(payment)).changed).toMatchObject({ changes: 2, to: { description: "the second" } });
    expect(await placesOf(payment)).toEqual(["1", "change-1", "change-2"]);
  });

  it("is one of ten that were made at once, again and again", async () => {
    const payment = await accepted(given(), { key: "ten changes at once" });
    for (let round = 1; round <= 3; round++) {
      const read = await again(payment);
      const made = await Promise.all(
        Array.from({ length: 10 }, (_, n) => change(read, { description: `${round} of ${n}` })),
      );
      expect(made.filter(({ outcome }) => outcome === "changed")).toHaveLength(1);
      expect(made.filter(({ outcome }) => outcome === "overtaken")).toHaveLength(9);
    }
    expect(await placesOf(payment)).toEqual(["1", "change-1", "change-2", "change-3"]);
  });

  it("gives the old reference back and takes the new one", async () => {
    const payment = await completed("a new reference", { reference: "change-from" });
    expect(await change(payment, { reference: "change-to" })).toEqual({ outcome: "changed" });
    expect((await reuse("takes the old reference", "change-from")).outcome).toBe("created");
    const { payment_id } = payment;
    expect(await reuse("takes the new one", "change-to")).toEqual({ outcome: "reference-taken", payment_id });
    const { changed, ...own } = await again(payment);
    expect([own.reference, changed?.to.reference]).toEqual(["change-from", "change-to"]);
  });

  it("takes no reference of another payment, and then writes nothing", async () => {
    const holder = await accepted(given(), { key: "holds it", reference: "change-held" });
    const payment = await completed("wants it", { reference: "change-own" });
    expect(await change(payment, { reference: "change-held", description: "x" })).toEqual({
      outcome: "reference-taken",
      payment_id: holder.payment_id,
    });
    expect(await again(payment)).toEqual(payment);
    expect(await placesOf(payment)).toEqual(["1"]);
    expect(await reuse("wants its own", "change-own")).toMatchObject({ payment_id: payment.payment_id });
  });

  it("takes a reference that is its own already, and gives one back", async () => {
    const payment = await completed("back and forth", { reference: "change-one" });
    await change(payment, { reference: "change-two" });
    await change(await again(payment), { reference: "change-one" });
    const { reference: _, ...none } = changeableOf(await again(payment));
    const read = await again(payment);
    const without = changeOf(read, none, given().clock.now());
    expect(await given().payments.change(read, without)).toEqual({ outcome: "changed" });
    for (const reference of ["change-one", "change-two"])
      expect((await reuse(`after ${reference}`, reference)).outcome).toBe("created");
  });

  it("takes a reference whose guard is its own, though it shows another", async () => {
    const payment = await completed("shows another", { reference: "change-kept" });
    await given().hand.alter(payment.payment_id, { reference: "change-shown" });
    const read = await again(payment);
    expect(await change(read, { reference: "change-kept" })).toEqual({ outcome: "changed" });
  });

  it("gives no reference back that is another payment's", async () => {
    const other = await accepted(given(), { key: "really holds it", reference: "change-others" });
    const payment = await completed("says that it holds it");
    await given().hand.alter(payment.payment_id, { reference: "change-others" });
    const read = await again(payment);
    expect(await failureOf(change(read, { reference: "change-mine" }))).toBe("InvariantBroken");
    const { payment_id } = other;
    expect(await reuse("asks for it", "change-others")).toEqual({ outcome: "reference-taken", payment_id });
  });

  it.each([0, 1, 3])(
    "brings nothing back that was erased after it was read, of %i changes",
    async (before) => {
      const payment = await completed(`erased after ${before} changes`, {
        description: "was",
        metadata: { a: "b" },
      });
      for (let n = 1; n <= before; n++) await change(await again(payment), { description: `words ${n}` });
      const read = await again(payment);
      const trail = await placesOf(payment);
      expect(await erase(payment)).toBe(true);
      expect(await change(read, { description: "back" })).toEqual({ outcome: "overtaken" });
      const { description, metadata, changed } = await again(payment);
      expect([description, metadata]).toEqual([undefined, undefined]);
      const { reference } = changeableOf(read);
      const left = read.changed && { ...read.changed, to: reference === undefined ? {} : { reference } };
      expect(changed).toEqual(left);
      expect(await placesOf(payment)).toEqual(trail);
    },
  );

  it("leaves the answer of the acceptance as it was", async () => {
    const response = JSON.stringify({ description: "was", metadata: { a: "b" } });
    const first = acceptanceFor({ key: "a replay", response, description: "was", metadata: { a: "b" } });
    await given().payments.accept(first);
    await change(first.payment, { description: "is", metadata: {} });
    const replay = await given().payments.accept({ ...first, requestId: "again" });
    expect(replay).toMatchObject({ outcome: "known", response });
  });
}
