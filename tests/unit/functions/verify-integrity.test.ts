// Verifying ended payments: the truth in the tables decides, and only a payment whose trail is
// whole is closed.
import { describe, expect, it, jest } from "@jest/globals";
import type { PaymentEvent, SagaEvent } from "../../../functions/lib/contracts/event-types.ts";
import { changeOf } from "../../../functions/lib/domain/change.ts";
import { STEPS_OF } from "../../../functions/lib/domain/saga-definition.ts";
import { trailOf } from "../../../functions/verify-integrity/trail.ts";
import { verifyIntegrity } from "../../../functions/verify-integrity/verify-integrity.ts";
import { CardSaga } from "../../support/card-saga.ts";
import { MemoryFindingStore } from "../../support/memory/memory-finding-store.ts";

/**
 * Verifies the payment on its last event, as received for the `looks`-th time, with all of its
 * journals in the balances.
 */
async function verify(saga: CardSaga, looks = 1) {
  await saga.ledger.foldAll();
  return verifyUnfolded(saga, looks);
}

/** The same with the balances as they are. */
async function verifyUnfolded(saga: CardSaga, looks = 1) {
  const findings = new MemoryFindingStore();
  const event = (await saga.payments.events(saga.payment_id)).at(-1);
  if (!event) throw new Error("a payment has events");
  const verdict = await verifyIntegrity({ ...saga, findings })(event, looks);
  return { verdict, found: findings.all() };
}

async function describeAs(saga: CardSaga, description: string): Promise<void> {
  const payment = await saga.payment();
  await saga.payments.change(payment, changeOf(payment, { description }, saga.clock.now()));
}

/** A payment that was authorized and posted, declined at capture and undone. */
async function undone(): Promise<CardSaga> {
  const saga = await CardSaga.after("post-ledger");
  saga.provider.next("capture", "refuse");
  await saga.fail("capture-payment");
  for (const undo of ["reverse-ledger", "void-authorization", "fail-payment"] as const) await saga.run(undo);
  return saga;
}

/** A payment that was cancelled after that step, and undone; nobody claimed it without one. */
async function canceled(last?: "validate-payment" | "post-ledger"): Promise<CardSaga> {
  const saga = last ? await CardSaga.after(last) : await CardSaga.accepted();
  await saga.requestCancel();
  expect(await saga.fail("resolve-capture")).toBe("OutcomeAbsent");
  for (const undo of ["reverse-ledger", "void-authorization", "fail-payment"] as const) await saga.run(undo);
  return saga;
}

describe("verify-integrity", () => {
  it.each([
    ["completed", () => CardSaga.after("notify-payment")],
    ["undone", undone],
    ["canceled before anybody claimed it", () => canceled()],
    ["canceled before it was authorized", () => canceled("validate-payment")],
    ["canceled before its capture", () => canceled("post-ledger")],
  ])("closes a payment that is %s and whole", async (_, given) => {
    const saga = await given();
    expect(await verify(saga)).toEqual({ verdict: "closed", found: [] });
    expect((await saga.payment()).verified_at).toBeDefined();
    expect(await saga.payments.openBefore(0, "2027", 10)).toEqual([]);
  });

  it("closes a payment that its merchant changed on its way, and looks at none for a change alone", async () => {
    const saga = await CardSaga.accepted();
    for (const step of STEPS_OF.card) {
      await describeAs(saga, `before ${step}`);
      await saga.run(step);
    }
    await saga.ledger.foldAll();
    const events = await saga.payments.events(saga.payment_id);
    const findings = new MemoryFindingStore();
    const hear = (event: PaymentEvent) => verifyIntegrity({ ...saga, findings })(event, 3);
    const changes = events.filter(({ type }) => type === "payment.updated");
    expect(await Promise.all(changes.map(hear))).toEqual(["open", "open", "open", "open", "open"]);
    expect((await saga.payment()).verified_at).toBeUndefined();
    expect(await hear(events.at(-1) as PaymentEvent)).toBe("closed");
    expect(findings.all()).toEqual([]);
  });

  it("leaves a payment closed that is changed later", async () => {
    const saga = await CardSaga.after("notify-payment");
    const last = (await saga.payments.events(saga.payment_id)).at(-1) as PaymentEvent;
    await verify(saga);
    const { changed: _, ...closed } = await saga.payment();
    await describeAs(saga, "afterwards");
    const { changed, ...after } = await saga.payment();
    expect([after, changed?.changes]).toEqual([closed, 1]);
    expect(saga.payments.isClosed(saga.payment_id)).toBe(true);
    const findings = new MemoryFindingStore();
    expect(await verifyIntegrity({ ...saga, findings })(last, 1)).toBe("closed");
  });

  it("closes once, however often it is asked to", async () => {
    const saga = await CardSaga.after("notify-payment");
    await verify(saga);
    const closed = await saga.payment();
    saga.clock.advance(1000);
    expect((await verify(saga)).verdict).toBe("closed");
    expect(await saga.payment()).toEqual(closed);
  });

  it("opens a finding instead, at the first look, when the provider says that a failed payment was captured", async () => {
    const saga = await undone();
    const fact = {
      operation: "capture",
      state: "succeeded",
      id: "cap_1",
      at: "2026-01-01T00:00:00.000Z",
    } as const;
    await saga.payments.recordFact(saga.payment_id, fact);
    const { verdict, found } = await verify(saga);
    expect(verdict).toBe("finding");
    expect(found).toMatchObject([
      { kind: "provider-disagrees", details: ["the provider captured cap_1, and the payment shows FAILED"] },
    ]);
    expect((await saga.payment()).verified_at).toBeUndefined();
  });

  it("closes a payment whose hold the provider reported, and which was released", async () => {
    const saga = await undone();
    const { authorization_id: id = "" } = await saga.payment();
    const fact = { operation: "authorize", state: "succeeded", id, at: "2026-01-01T00:00:00.000Z" } as const;
    await saga.payments.recordFact(saga.payment_id, fact);
    expect((await verify(saga)).verdict).toBe("closed");
  });

  it("closes what was found about the payment with it, and before it", async () => {
    const saga = await CardSaga.after("notify-payment");
    await saga.ledger.foldAll();
    const { payment_id } = saga;
    const findings = new MemoryFindingStore();
    const found_at = new Date(saga.clock.now()).toISOString();
    const finding = { payment_id, kind: "saga-failed", details: ["it gave up"], found_at } as const;
    await findings.open({ ...finding, details: [...finding.details] });
    await findings.open({ ...finding, details: ["another's"], payment_id: "another" });
    const event = (await saga.payments.events(payment_id)).at(-1) as PaymentEvent;
    saga.clock.advance(1_000);
    jest.spyOn(saga.payments, "close").mockRejectedValueOnce(new Error("no answer"));
    await expect(verifyIntegrity({ ...saga, findings })(event, 1)).rejects.toThrow("no answer");
    expect(findings.all()[0]).toMatchObject({ closed_at: new Date(saga.clock.now()).toISOString() });
    expect(await verifyIntegrity({ ...saga, findings })(event, 2)).toBe("closed");
    expect(await findings.listOpen(10)).toMatchObject([{ payment_id: "another" }]);
  });

  it("leaves open what was found while it looked", async () => {
    const saga = await CardSaga.after("notify-payment");
    await saga.ledger.foldAll();
    const { payment_id } = saga;
    const findings = new MemoryFindingStore();
    const load = saga.payments.loadWithEvents.bind(saga.payments);
    jest.spyOn(saga.payments, "loadWithEvents").mockImplementationOnce(async (id) => {
      const read = await load(id);
      saga.clock.advance(1);
      const found_at = new Date(saga.clock.now()).toISOString();
      await findings.open({ payment_id, kind: "provider-disagrees", details: ["it says so"], found_at });
      return read;
    });
    const event = (await saga.payments.events(payment_id)).at(-1) as PaymentEvent;
    await verifyIntegrity({ ...saga, findings })(event, 1);
    expect(await findings.listOpen(10)).toHaveLength(1);
  });

  it("leaves a payment open whose last event is still to come", async () => {
    const saga = await CardSaga.after("capture-payment");
    expect((await verify(saga)).verdict).toBe("open");
    expect((await saga.payment()).verified_at).toBeUndefined();
  });

  it.each([1, 2])("looks again when a journal is missing at look %i", async (look) => {
    const saga = await CardSaga.after("notify-payment");
    saga.payments.journals.delete(`${saga.payment_id}:post-ledger`);
    await expect(verify(saga, look)).rejects.toMatchObject({ name: "OutcomePending" });
    expect((await saga.payment()).verified_at).toBeUndefined();
  });

  it("opens a finding at the third look, and does not close", async () => {
    const saga = await CardSaga.after("notify-payment");
    saga.payments.journals.delete(`${saga.payment_id}:post-ledger`);
    const { verdict, found } = await verify(saga, 3);
    expect(verdict).toBe("finding");
    expect(found).toMatchObject([
      { kind: "trail-incomplete", details: ["the journal of post-ledger is missing"] },
    ]);
    expect((await saga.payment()).verified_at).toBeUndefined();
  });

  it("finds a journal that does not sum to zero", async () => {
    const saga = await CardSaga.after("notify-payment");
    const id = `${saga.payment_id}:capture-payment`;
    const [first] = saga.payments.journals.get(id)?.postings ?? [];
    if (!first) throw new Error("a capture has postings");
    saga.payments.journals.set(id, { journal_id: id, postings: [first] });
    expect((await verify(saga, 3)).found).toMatchObject([
      { details: ["the journal of capture-payment does not sum to zero"] },
    ]);
  });

  it("finds a hold that stands though the payment failed", async () => {
    const saga = await undone();
    const { marks } = await saga.payment();
    const { "authorize-payment": _, ...rest } = marks.undone;
    saga.payments.alter(saga.payment_id, { marks: { ...marks, undone: rest } });
    const events = (await saga.payments.events(saga.payment_id)).filter(
      ({ type }) => type !== "payment.voided",
    );
    const trail = events.map((event, index) => ({ ...event, sequence: index + 1 })) as SagaEvent[];
    saga.payments.alter(saga.payment_id, { version: trail.length });
    jest.spyOn(saga.payments, "trail").mockReturnValue(trail);
    expect((await verify(saga)).found).toMatchObject([
      { kind: "value-stranded", details: ["FAILED, and the authorization stands"] },
    ]);
  });

  it("finds what a sale left pending", async () => {
    const saga = await CardSaga.after("notify-payment");
    const id = `${saga.payment_id}:capture-payment`;
    const { postings = [] } = saga.payments.journals.get(id) ?? {};
    saga.payments.journals.set(id, {
      journal_id: id,
      postings: postings.map((one) => ({ ...one, bucket: "available" })),
    });
    const { found } = await verify(saga);
    expect(found).toMatchObject([{ kind: "value-stranded" }]);
    expect(found[0]?.details).toContain("-1000 EUR are left in pending");
  });

  it("finds a status that disagrees with the last event", async () => {
    const saga = await CardSaga.after("notify-payment");
    saga.payments.alter(saga.payment_id, { status: "PROCESSING" });
    expect((await verify(saga, 3)).found).toMatchObject([
      { details: ["the last event is written, and the status is PROCESSING"] },
    ]);
  });

  it("waits for the fold of a journal, at any look, and finds and closes nothing meanwhile", async () => {
    const saga = await CardSaga.after("notify-payment");
    const [first] = saga.payments.journals.values();
    await saga.ledger.fold(first ? [first] : []);
    const event = (await saga.payments.events(saga.payment_id)).at(-1);
    for (const look of [1, 3, 5]) {
      expect(await verifyUnfolded(saga, look)).toEqual({ verdict: "awaiting the fold", found: [] });
    }
    expect(saga.verifications.queued).toEqual(Array(3).fill({ event, delaySeconds: 10 }));
    expect((await saga.payments.openBefore(0, "2027", 10)).length).toBe(1);
    await saga.ledger.foldAll();
    expect(await verifyUnfolded(saga)).toEqual({ verdict: "closed", found: [] });
  });

  it("waits for a minute by the journal's own time, and leaves an older one to the sweep", async () => {
    const saga = await CardSaga.after("notify-payment");
    const posted = await saga.ledger.journal(`${saga.payment_id}:post-ledger`);
    saga.clock.advance(Date.parse(posted?.posted_at ?? "") + 60_000 - saga.clock.now());
    expect((await verifyUnfolded(saga)).verdict).toBe("awaiting the fold");
    saga.clock.advance(1);
    expect(await verifyUnfolded(saga)).toEqual({ verdict: "left to the sweep", found: [] });
    expect(saga.verifications.queued).toHaveLength(1);
    expect((await saga.payment()).verified_at).toBeUndefined();
    expect((await saga.payments.openBefore(0, "2027", 10)).length).toBe(1);
  });

  it("comes again by its own message where the queue takes no other", async () => {
    const saga = await CardSaga.after("notify-payment");
    saga.verifications.works = false;
    await expect(verifyUnfolded(saga)).rejects.toMatchObject({ name: "OutcomePending" });
  });

  it("opens a finding while it waits for the fold, and takes the payment from the open ones afterwards", async () => {
    const saga = await undone();
    await saga.hears({ operation: "capture", state: "succeeded", id: "cap_1" });
    const { verdict, found } = await verifyUnfolded(saga);
    expect(verdict).toBe("awaiting the fold");
    expect(found).toMatchObject([{ kind: "provider-disagrees" }]);
    expect((await saga.payments.openBefore(0, "2027", 10)).length).toBe(1);
    expect((await verify(saga)).verdict).toBe("finding");
    expect(await saga.payments.openBefore(0, "2027", 10)).toEqual([]);
  });

  it("never folds by itself", async () => {
    const saga = await CardSaga.after("notify-payment");
    const fold = jest.spyOn(saga.ledger, "fold");
    await verifyUnfolded(saga);
    saga.clock.advance(600_000);
    await verifyUnfolded(saga);
    expect(fold).not.toHaveBeenCalled();
  });

  it("refuses an event that breaks its schema", async () => {
    const saga = await CardSaga.after("notify-payment");
    const event = { type: "payment.notified", version: 9 } as unknown as PaymentEvent;
    const findings = new MemoryFindingStore();
    const verdict = verifyIntegrity({ ...saga, findings })(event, 1);
    await expect(verdict).rejects.toMatchObject({ name: "ContractViolated" });
  });

  it("refuses an event of a payment that does not exist", async () => {
    const saga = await CardSaga.after("notify-payment");
    saga.payments.losePayment(saga.payment_id);
    await expect(verify(saga)).rejects.toMatchObject({ name: "NotFound" });
  });
});

describe("a trail", () => {
  /** What is wrong when the trail of a completed payment is tampered with. */
  async function wrongWhen(tamper: (events: PaymentEvent[]) => unknown): Promise<string[]> {
    const saga = await CardSaga.after("notify-payment");
    const events = await saga.payments.events(saga.payment_id);
    tamper(events);
    return trailOf(events, await saga.payment()).wrong;
  }

  it("has nothing wrong when it is whole", async () => {
    expect(await wrongWhen(() => undefined)).toEqual([]);
  });

  it("shows a gap where an event is missing", async () => {
    const wrong = await wrongWhen((events) => events.splice(3, 1));
    expect(wrong).toContain("event 4 is missing, 5 stands in its place");
    expect(wrong).toContain("payment.posted was never told");
  });

  it("shows a gap among the changes, and takes none of them for an event of the saga", async () => {
    const saga = await CardSaga.after("notify-payment");
    for (const words of ["a", "b", "c"]) await describeAs(saga, words);
    const payment = await saga.payment();
    const events = await saga.payments.events(saga.payment_id);
    expect(trailOf(events, payment).wrong).toEqual([]);
    const isChange = (number: number) => (event: PaymentEvent) =>
      "change" in event && event.change === number;
    const without = events.filter((event) => !isChange(2)(event));
    expect(trailOf(without, payment).wrong).toEqual(["change 2 is missing, 3 stands in its place"]);
    const broken = events.map((event) =>
      isChange(3)(event) ? { ...event, data: { changed: ["amount"] } } : event,
    );
    expect(trailOf(broken as PaymentEvent[], payment).wrong).toEqual(["change 3 breaks its schema"]);
  });

  it("shows a missing last event", async () => {
    expect(await wrongWhen((events) => events.pop())).toContain("5 events for version 6");
  });

  it("shows an event that stands twice", async () => {
    const wrong = await wrongWhen((events) => events.push(...events.slice(-1)));
    expect(wrong).toContain("payment.notified was told twice");
  });

  it("may say more than once that the saga gave up and went on", async () => {
    const saga = await CardSaga.after("notify-payment");
    const events = await saga.payments.events(saga.payment_id);
    const [last] = events.slice(-1);
    if (!last) throw new Error("a payment has events");
    const execution = saga.payment_id;
    const parked = {
      status: "IN_REVIEW",
      type: "payment.parked",
      data: { execution, state: "S", error: "E" },
    };
    const resumed = { status: "PROCESSING", type: "payment.resumed", data: { execution } };
    const told = [...events.slice(0, 2), parked, resumed, parked, resumed, ...events.slice(2)];
    const trail = told.map((event, index) => ({ ...last, ...event, sequence: index + 1 })) as PaymentEvent[];
    expect(trailOf(trail, { ...(await saga.payment()), version: trail.length }).wrong).toEqual([]);
  });

  it("shows an attempt that no event reports", async () => {
    const saga = await CardSaga.after("notify-payment");
    const events = await saga.payments.events(saga.payment_id);
    const payment = { ...(await saga.payment()), attempts: 2 };
    expect(trailOf(events, payment).wrong).toEqual(["0 attempts were told of 1"]);
  });

  it("shows an event of something that is not so", async () => {
    const wrong = await wrongWhen((events) => {
      Object.assign(events[5] ?? {}, { type: "payment.canceled", status: "CANCELED" });
    });
    expect(wrong).toContain("payment.canceled was told and does not show");
    expect(wrong).toContain("event 6 breaks its schema");
  });
});
