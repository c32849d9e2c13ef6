// Verifying conversions that ended: every journal of every step, and the ramps' word beside it.
import { describe, expect, it, jest } from "@jest/globals";
import type { SagaEvent } from "../../../functions/lib/contracts/event-types.ts";
import { type HouseAccount, houseKey } from "../../../functions/lib/domain/accounts.ts";
import type { Fact } from "../../../functions/lib/domain/provider-fact.ts";
import type { Step } from "../../../functions/lib/domain/saga-definition.ts";
import { verifyIntegrity } from "../../../functions/verify-integrity/verify-integrity.ts";
import { ConversionSaga, type Task } from "../../support/conversion-saga.ts";
import { MemoryFindingStore } from "../../support/memory/memory-finding-store.ts";

/** Verifies the payment on its last event, at the last look that it is given. */
async function verify(saga: ConversionSaga) {
  const findings = new MemoryFindingStore();
  await saga.ledger.foldAll();
  const event = (await saga.payments.events(saga.payment_id)).at(-1);
  if (!event) throw new Error("a payment has events");
  const verdict = await verifyIntegrity({ ...saga.ports(), findings })(event, 3);
  return { verdict, found: findings.all() };
}

async function run(saga: ConversionSaga, ...tasks: Task[]): Promise<ConversionSaga> {
  for (const task of tasks) await saga.run(task);
  return saga;
}

const UNDO = ["reverse-on-ramp", "release-hold", "fail-payment"] as const;

/** A payment whose payout was refused, and which was undone. */
async function undone(): Promise<ConversionSaga> {
  const saga = await ConversionSaga.after("on-ramp");
  saga.payer.next("off_ramp", "refuse");
  await saga.fail("off-ramp");
  return run(saga, ...UNDO);
}

/** A payment that never got its USDC. */
async function prevented(): Promise<ConversionSaga> {
  const saga = await ConversionSaga.after("authorize-conversion");
  saga.seller.next("on_ramp", "unavailable");
  await saga.fail("on-ramp");
  return run(saga, ...UNDO);
}

async function refused(): Promise<ConversionSaga> {
  const saga = await ConversionSaga.after("validate-payment", { currency: "CHF" });
  await saga.fail("authorize-conversion");
  return run(saga, "fail-payment");
}

const completed = () => ConversionSaga.after("notify-payment");

const tell = (saga: ConversionSaga, operation: Fact["operation"], state: Fact["state"], id: string) =>
  saga.payments.recordFact(saga.payment_id, {
    operation,
    state,
    id,
    at: new Date(saga.clock.now()).toISOString(),
  });

/** The payment, whole, as it would be if that undo had never been recorded. */
async function without(saga: ConversionSaga, event: string, step: Step): Promise<void> {
  const payment = await saga.payment();
  const events = (await saga.payments.events(saga.payment_id))
    .filter(({ type }) => type !== `payment.${event}`)
    .map((one, index) => ({ ...one, sequence: index + 1 }));
  const { [step]: _, ...undone } = payment.marks.undone;
  saga.payments.alter(saga.payment_id, { version: events.length, marks: { ...payment.marks, undone } });
  jest.spyOn(saga.payments, "trail").mockReturnValue(events as SagaEvent[]);
}

/**
 * A journal that moves so much more into a house account, and out of one that value does not pass
 * through.
 */
function change(saga: ConversionSaga, step: string, house: HouseAccount, by: bigint): void {
  const id = `${saga.payment_id}:${step}`;
  const postings = saga.payments.journals.get(id)?.postings ?? [];
  const [first] = postings.filter(({ account }) => account === houseKey(house));
  if (!first) throw new Error(`the journal of ${step} does not touch ${house}`);
  const moved = [
    { ...first, amount: by },
    { ...first, account: houseKey("rounding"), amount: -by },
  ];
  saga.payments.journals.set(id, { journal_id: id, postings: [...postings, ...moved] });
}

describe("verify-integrity of a conversion", () => {
  it.each([
    ["completed", completed],
    ["undone", undone],
    ["prevented", prevented],
    ["refused", refused],
  ])("closes one that is %s and whole", async (_, given) => {
    const saga = await given();
    expect(await verify(saga)).toEqual({ verdict: "closed", found: [] });
  });

  it.each(["authorize-conversion", "on-ramp", "off-ramp", "post-ledger"])(
    "finds the journal of %s missing",
    async (step) => {
      const saga = await completed();
      saga.payments.journals.delete(`${saga.payment_id}:${step}`);
      const { verdict, found } = await verify(saga);
      expect(verdict).toBe("finding");
      expect(found).toMatchObject([
        { kind: "trail-incomplete", details: [`the journal of ${step} is missing`] },
      ]);
    },
  );

  it.each(["reverse-on-ramp", "release-hold"])("finds the journal of %s missing", async (step) => {
    const saga = await undone();
    saga.payments.journals.delete(`${saga.payment_id}:${step}`);
    expect((await verify(saga)).found[0]?.details).toEqual([`the journal of ${step} is missing`]);
  });

  it.each<[string, () => Promise<ConversionSaga>, (saga: ConversionSaga) => unknown, string]>([
    [
      "that was not sold back, when it failed",
      undone,
      async (saga) => without(saga, "on_ramp_reversed", "on-ramp"),
      "FAILED, and what the on-ramp sold stands",
    ],
    [
      "that was not released from its hold, when it failed",
      undone,
      async (saga) => without(saga, "hold_released", "authorize-conversion"),
      "FAILED, and the source account's hold stands",
    ],
    [
      "that is still listed in transit, when it completed",
      completed,
      (saga) => saga.payments.listInTransit(saga.payment_id, "2026-01-01T00:00:00.000Z"),
      "COMPLETED, and listed as in transit since 2026-01-01T00:00:00.000Z",
    ],
    [
      "that was paid out in another amount than was bought",
      completed,
      (saga) => change(saga, "off-ramp", "in_transit", 5n),
      "5 USDC are left in in_transit",
    ],
    [
      "that never left the payout account",
      completed,
      (saga) => change(saga, "post-ledger", "payout", -7n),
      "-7 JPY are left in payout",
    ],
    [
      "that never left clearing",
      undone,
      (saga) => change(saga, "release-hold", "clearing", 1n),
      "1 EUR are left in clearing",
    ],
  ])("finds value %s", async (_, given, alter, detail) => {
    const saga = await given();
    await alter(saga);
    const { verdict, found } = await verify(saga);
    expect([verdict, found.map(({ kind }) => kind)]).toEqual(["finding", ["value-stranded"]]);
    expect(found[0]?.details).toContain(detail);
    expect((await saga.payment()).verified_at).toBeUndefined();
    // It is the finding that is open now: a sweep that aged it would ring for ever.
    expect(await saga.payments.openBefore(0, "2027-01-01T00:00:00.000Z", 10)).toEqual([]);
  });

  it("finds a state that no event reports", async () => {
    const saga = await undone();
    saga.payments.alter(saga.payment_id, { off_ramp_tx_id: "off_1" });
    expect((await verify(saga)).found[0]?.details).toContain("payment.off_ramped was never told");
  });

  it("agrees with ramps whose books say what it shows", async () => {
    const saga = await completed();
    await tell(saga, "on_ramp", "succeeded", `on-${saga.key("on_ramp")}`);
    await tell(saga, "off_ramp", "succeeded", `off-${saga.key("off_ramp")}`);
    expect((await verify(saga)).verdict).toBe("closed");
    const back = await undone();
    await back.payments.recordFact(back.payment_id, {
      operation: "on_ramp",
      state: "succeeded",
      id: `on-${back.key("on_ramp")}`,
      at: "2026-01-01T00:00:00.000Z",
    });
    await tell(back, "off_ramp", "refused", "no");
    await tell(back, "reverse_on_ramp", "succeeded", `back-${back.key("reverse_on_ramp")}`);
    expect((await verify(back)).verdict).toBe("closed");
  });

  it.each<[string, () => Promise<ConversionSaga>, Fact["operation"], Fact["state"], RegExp]>([
    ["sold after it failed", prevented, "on_ramp", "succeeded", /sold id_1, and the payment is FAILED/],
    ["sold twice", completed, "on_ramp", "succeeded", /sold id_1, and the payment shows on-/],
    ["refused what it shows as bought", completed, "on_ramp", "refused", /says refused of the purchase on-/],
    [
      "paid out after it failed",
      undone,
      "off_ramp",
      "succeeded",
      /paid out id_1, and the payment shows FAILED/,
    ],
    ["refused what it shows as paid", completed, "off_ramp", "refused", /says refused of the payout off-/],
    ["took back what was paid", completed, "reverse_on_ramp", "succeeded", /took back .* paid out/],
    [
      "took back unasked",
      prevented,
      "reverse_on_ramp",
      "succeeded",
      /took back what the payment does not show/,
    ],
  ])("opens a finding when a ramp says that it %s", async (_, given, operation, state, sentence) => {
    const saga = await given();
    saga.clock.advance(1_000);
    await tell(saga, operation, state, "id_1");
    const { verdict, found } = await verify(saga);
    expect(verdict).toBe("finding");
    expect(found[0]).toMatchObject({ kind: "provider-disagrees" });
    expect(found[0]?.details[0]).toMatch(sentence);
  });
});
