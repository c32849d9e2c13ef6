// Conversions on a real DynamoDB Local: how large their items get, and that a guarded account never
// pays more than it has.
import "../../support/function-environment.ts";
import { afterAll, beforeAll, describe, expect, it } from "@jest/globals";
import { eventKey, paymentKey } from "../../../functions/lib/adapters/dynamodb/payment-item.ts";
import { STEPS_OF } from "../../../functions/lib/domain/saga-definition.ts";
import { itemBytes } from "../../../scripts/local/dynamodb/item-size.ts";
import { failureOf, funded, type Stores } from "../../support/conformance/fixtures.ts";
import { ConversionSaga } from "../../support/conversion-saga.ts";
import { dynamoStores } from "../../support/dynamo-stores.ts";
import { type Database, openDatabase } from "../../support/dynamodb.ts";

let database: Database;
beforeAll(async () => {
  database = await openDatabase();
});
afterAll(() => database?.close());

/** The saga of memory over the real stores: what reads the memory's own books is out of reach. */
function given(): { saga: ConversionSaga; stores: Stores } {
  const saga = new ConversionSaga();
  const stores = dynamoStores(database.client, saga.clock);
  return { saga: Object.assign(saga, stores), stores };
}

/** A write unit in bytes; a transaction pays two (docs/architecture.md#what-a-payment-writes). */
const ONE_UNIT = 1_024;
const TYPICAL = {
  amount: 123_456,
  currency: "EUR",
  destination_currency: "KWD",
  source_account: "operating-europe",
  destination_account: "payouts-kuwait",
  reference: "order-2026-2b1c7a52",
};

/**
 * Sizes in bytes: of the largest PAYMENT item after any step, of the first event's item, and of the
 * largest of the other items that the saga left. The first event keeps the answer of the acceptance
 * as well.
 */
async function sizesThrough(saga: ConversionSaga, run: () => AsyncGenerator<void>) {
  let largest = 0;
  const pk = paymentKey(saga.payment_id);
  const size = async (key: string, sk: string): Promise<number> => {
    const item = await database.item("payments", key, sk);
    if (!item) throw new Error(`there is no ${sk}`);
    return itemBytes(item);
  };
  for await (const _ of run()) largest = Math.max(largest, await size(pk, "PAYMENT"));
  const { version, quote_id } = await saga.payment();
  const others = [await size(`QUOTE#${quote_id}`, "QUOTE")];
  for (let sequence = 2; sequence <= version; sequence++) others.push(await size(pk, eventKey(sequence)));
  return { largest, first: await size(pk, eventKey(1)), others: Math.max(...others), version };
}

describe("the items of a typical conversion", () => {
  it("stay below one write unit through the whole happy saga", async () => {
    const { saga } = given();
    await saga.accept(TYPICAL, "2b1c7a52-8a43-4f6e-9d0c-3f5b2a1e4c77");
    const sizes = await sizesThrough(saga, async function* () {
      for (const step of STEPS_OF.stablecoin) yield await saga.run(step, saga.payment_id);
    });
    expect((await saga.payment()).status).toBe("COMPLETED");
    expect(sizes.version).toBe(7);
    expect(sizes.largest).toBeLessThan(ONE_UNIT);
    expect(sizes.others).toBeLessThan(ONE_UNIT);
    // Two accounts and two currencies are named in the request, in the answer and in their hashes.
    expect(sizes.first).toBeLessThan(2 * ONE_UNIT);
  });

  it("stay below one write unit through a saga that is undone from its payout", async () => {
    const { saga } = given();
    await saga.accept(
      { ...TYPICAL, reference: "order-2026-9c3f0b1d" },
      "9c3f0b1d-55aa-4e0f-8a86-bb9a4f6d1e02",
    );
    const execution = saga.payment_id;
    const sizes = await sizesThrough(saga, async function* () {
      for (const step of ["validate-payment", "authorize-conversion", "on-ramp"] as const)
        yield await saga.run(step, execution);
      saga.payer.next("off_ramp", "refuse");
      expect(await saga.fail("off-ramp", execution)).toBe("OffRampDeclined");
      for (const undo of ["reverse-on-ramp", "release-hold", "fail-payment"] as const)
        yield await saga.run(undo, execution);
    });
    expect((await saga.payment()).status).toBe("FAILED");
    expect(sizes.largest).toBeLessThan(ONE_UNIT);
    expect(sizes.others).toBeLessThan(ONE_UNIT);
  });
});

describe("an account that forbids an overdraft", () => {
  it("pays exactly 10 of 50 conversions at once when it has funds for 10", async () => {
    const { saga, stores } = given();
    const key = await funded(stores, "guarded-fifty", "forbid", 10_000n);
    const source_account = "guarded-fifty";
    const ids: string[] = [];
    for (let n = 0; n < 50; n++) ids.push(await saga.accept({ source_account }, `of fifty ${n}`));
    /** As the machine tries it: contention is no answer. */
    const hold = async (payment_id: string): Promise<string> => {
      const one = Object.assign(Object.create(saga) as ConversionSaga, { payment_id });
      await one.run("validate-payment", payment_id);
      for (let attempt = 0; attempt < 20; attempt++) {
        const outcome = await failureOf(one.run("authorize-conversion", payment_id));
        if (outcome !== "StoreContention") return outcome;
      }
      return "StoreContention";
    };
    const outcomes = await Promise.all(ids.map(hold));
    expect(outcomes.filter((outcome) => outcome === "nothing")).toHaveLength(10);
    expect(outcomes.filter((outcome) => outcome === "InsufficientFunds")).toHaveLength(40);
    const guard = await database.item("ledger", `ACCOUNT#${key}`, "GUARD#EUR");
    expect(guard?.funds?.N).toBe("0");
  });

  it("can spend again what a released hold gave back", async () => {
    const { saga, stores } = given();
    await funded(stores, "guarded-released", "forbid", 1_000n);
    await saga.accept({ source_account: "guarded-released" }, "held and released");
    const execution = saga.payment_id;
    await saga.run("validate-payment", execution);
    await saga.run("authorize-conversion", execution);
    await saga.run("release-hold", execution);
    for (const step of ["authorize-conversion", "release-hold"]) {
      const journal = await stores.ledger.journal(`${saga.payment_id}:${step}`);
      if (!journal) throw new Error(`${step} posted nothing`);
      await stores.ledger.fold([journal]);
    }
    const next = await saga.accept({ source_account: "guarded-released" }, "the next one");
    await saga.run("validate-payment", next);
    await saga.run("authorize-conversion", next);
    expect((await saga.payment()).held_at).toBeDefined();
  });
});
