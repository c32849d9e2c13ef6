// The DynamoDB adapters on a real DynamoDB Local. They keep the contracts of their ports, also when
// DynamoDB conflicts or loses answers. The items of a whole saga stay small.

import "../../support/function-environment.ts";
import { type DynamoDBClient, QueryCommand } from "@aws-sdk/client-dynamodb";
import { unmarshall } from "@aws-sdk/util-dynamodb";
import { afterAll, beforeAll, describe, expect, it, jest } from "@jest/globals";
import { acceptPayment } from "../../../functions/accept-payment/accept-payment.ts";
import { authorizePayment } from "../../../functions/authorize-payment/authorize-payment.ts";
import { capturePayment } from "../../../functions/capture-payment/capture-payment.ts";
import { failPayment } from "../../../functions/fail-payment/fail-payment.ts";
import { DynamoFindingStore } from "../../../functions/lib/adapters/dynamodb/finding-store.ts";
import { toItem } from "../../../functions/lib/adapters/dynamodb/item.ts";
import {
  eventKey,
  INDEX_SHARDS,
  paymentKey,
  traceIn,
} from "../../../functions/lib/adapters/dynamodb/payment-item.ts";
import { DynamoSweepCursor } from "../../../functions/lib/adapters/dynamodb/sweep-cursor.ts";
import { idFor } from "../../../functions/lib/domain/idempotency.ts";
import type { Fact } from "../../../functions/lib/domain/provider-fact.ts";
import { notifyPayment } from "../../../functions/notify-payment/notify-payment.ts";
import { postLedger } from "../../../functions/post-ledger/post-ledger.ts";
import { reverseLedger } from "../../../functions/reverse-ledger/reverse-ledger.ts";
import { validatePayment } from "../../../functions/validate-payment/validate-payment.ts";
import { voidAuthorization } from "../../../functions/void-authorization/void-authorization.ts";
import { itemBytes } from "../../../scripts/local/dynamodb/item-size.ts";
import { describeFindingStore } from "../../support/conformance/finding-store.ts";
import {
  acceptanceFor,
  accepted,
  byHand,
  claimed,
  failureOf,
  funded,
  OWNER,
  type Stores,
  saleOf,
  stored,
  transitions,
} from "../../support/conformance/fixtures.ts";
import { describeLedgerStore } from "../../support/conformance/ledger-store.ts";
import { describeOperatorJournal } from "../../support/conformance/operator-journal.ts";
import { describePaymentStore } from "../../support/conformance/payment-store.ts";
import { describeQuoteStore, quotedAcceptance, quoteFor } from "../../support/conformance/quote-store.ts";
import { dynamoStores } from "../../support/dynamo-stores.ts";
import { type Database, openDatabase, TABLES } from "../../support/dynamodb.ts";
import { ManualClock } from "../../support/memory/manual-clock.ts";
import { MemoryBreaker } from "../../support/memory/memory-circuit-breaker.ts";
import { MemoryExposure } from "../../support/memory/memory-exposure.ts";
import { MemoryProvider } from "../../support/memory/memory-provider.ts";
import { MemorySwitches } from "../../support/memory/memory-switches.ts";
import { MemoryThrottle } from "../../support/memory/memory-throttle.ts";
import { POLICY, policiesBy } from "../../support/policy.ts";

let database: Database;
beforeAll(async () => {
  database = await openDatabase();
});
afterAll(() => database?.close());

const storesOver = (client: DynamoDBClient, clock?: ManualClock): Stores =>
  dynamoStores(client, clock, database.client);

describePaymentStore("DynamoDB", async () => storesOver(database.client));
describeLedgerStore("DynamoDB", async () => storesOver(database.client));
describeQuoteStore("DynamoDB", async () => storesOver(database.client));
describeOperatorJournal("DynamoDB", async () => storesOver(database.client));

describe("DynamoDB's own trouble", () => {
  /** The stores as a function has them, and straight ones that prepare and look. */
  const shaky = (): Stores => storesOver(database.shaky);
  const straight = (): Stores => storesOver(database.client);

  it("is not seen while it passes: a conflict is tried again, and written once", async () => {
    const acceptance = acceptanceFor({ key: "conflicts" });
    database.order("conflict", 3);
    expect(await shaky().payments.accept(acceptance)).toEqual({ outcome: "created" });
    const { payment_id } = acceptance.payment;
    database.order("conflict", 3);
    const payment = await shaky().payments.commit(acceptance.payment, transitions.claim);
    database.order("conflict", 3);
    await shaky().payments.mark(payment_id, "intent", "authorize-payment", { execution: OWNER });
    database.order("conflict", 3);
    expect(await shaky().ledger.fold([saleOf("conflicts", "conflicts", 100n)])).toBe(1);
    expect(await stored(straight(), payment_id)).toMatchObject({ version: 2, owner_execution: OWNER });
    expect(payment.version).toBe(2);
  });

  it("is StoreContention when it lasts, and nothing was written", async () => {
    const acceptance = acceptanceFor({ key: "conflicts for ever" });
    const { payment_id } = acceptance.payment;
    database.order("conflict", 1_000);
    expect(await failureOf(shaky().payments.accept(acceptance))).toBe("StoreContention");
    database.order("conflict", 0);
    expect(await straight().payments.load(payment_id)).toBeUndefined();
    await straight().payments.accept(acceptance);
    database.order("conflict", 1_000);
    expect(await failureOf(shaky().payments.commit(acceptance.payment, transitions.claim))).toBe(
      "StoreContention",
    );
    database.order("conflict", 0);
    expect(await stored(straight(), payment_id)).toEqual(acceptance.payment);
  });

  it("consumes a quote once, for the payment whose acceptance lost its answer", async () => {
    const quote = await straight().quotes.keep(quoteFor("lost with its quote"));
    const acceptance = quotedAcceptance({ key: "lost with its quote" }, quote);
    database.order("lost_answer", 1);
    expect(await shaky().payments.accept(acceptance)).toEqual({ outcome: "created" });
    const other = quotedAcceptance({ key: "too late for the quote" }, quote);
    expect(await straight().payments.accept(other)).toEqual({ outcome: "quote-refused", quote: "used" });
    const { payment_id } = acceptance.payment;
    expect((await straight().quotes.find(quote.quote_id))?.consumed_by).toBe(payment_id);
  });

  it("lets one of many payments have the quote, under conflicts", async () => {
    const quote = await straight().quotes.keep(quoteFor("contended"));
    database.order("conflict", 10);
    const outcomes = await Promise.all(
      Array.from({ length: 20 }, (_, index) =>
        shaky().payments.accept(quotedAcceptance({ key: `contender ${index}` }, quote)),
      ),
    );
    database.order("conflict", 0);
    expect(outcomes.filter(({ outcome }) => outcome === "created")).toHaveLength(1);
    expect(outcomes.filter((one) => one.outcome === "quote-refused" && one.quote === "used")).toHaveLength(
      19,
    );
  });

  it("makes one payment of an acceptance whose answer is lost", async () => {
    const acceptance = acceptanceFor({ key: "one lost answer", reference: "order-lost-once" });
    database.order("lost_answer", 1);
    expect(await shaky().payments.accept(acceptance)).toEqual({ outcome: "created" });
    expect(await straight().payments.events(acceptance.payment.payment_id)).toEqual([acceptance.event]);
  });

  it("is StoreUnavailable when every answer is lost, and the next request finds its payment", async () => {
    const acceptance = acceptanceFor({ key: "every answer lost" });
    database.order("lost_answer", 1_000);
    expect(await failureOf(shaky().payments.accept(acceptance))).toBe("StoreUnavailable");
    database.order("lost_answer", 0);
    const again = { ...acceptance, requestId: "the client's next try" };
    expect(await straight().payments.accept(again)).toMatchObject({ outcome: "known" });
    expect(await straight().payments.events(acceptance.payment.payment_id)).toHaveLength(1);
  });

  it("makes one event, one journal and one debit of a commit whose answer is lost", async () => {
    const account = await funded(straight(), "lost-debit", "forbid", 1_000n);
    const payment = await claimed(straight(), { key: "a lost commit" });
    const transition = transitions.posting(payment, [{ account, currency: "EUR", amount: 600n }]);
    database.order("lost_answer", 1);
    const after = await shaky().payments.commit(payment, transition);
    expect(await stored(straight(), payment.payment_id)).toEqual(after);
    expect(await straight().payments.events(payment.payment_id)).toHaveLength(3);
    const rest = await claimed(straight(), { key: "the rest after a lost commit" });
    const debitRest = transitions.posting(rest, [{ account, currency: "EUR", amount: 400n }]);
    expect(await failureOf(straight().payments.commit(rest, debitRest))).toBe("nothing");
  });

  it("is settled by the next try when every answer to a commit was lost", async () => {
    const payment = await claimed(straight(), { key: "a commit without an answer" });
    database.order("lost_answer", 1_000);
    const transition = transitions.posting(payment);
    expect(await failureOf(shaky().payments.commit(payment, transition))).toBe("StoreUnavailable");
    database.order("lost_answer", 0);
    const after = await straight().payments.commit(payment, transition);
    expect(after).toMatchObject({ version: 3, fee: 15n });
    expect(await straight().payments.events(payment.payment_id)).toHaveLength(3);
  });

  it("folds a journal once though the answer was lost", async () => {
    const journal = saleOf("a lost fold", "lost-fold", 1_000n);
    database.order("lost_answer", 1);
    await shaky().ledger.fold([journal]);
    await straight().ledger.fold([journal]);
    expect(await straight().ledger.balances("merchant/m1/lost-fold")).toEqual([
      { currency: "EUR", pending: 990n, available: 0n },
    ]);
  });

  it("opens one account and posts one journal though the answers were lost", async () => {
    const account = {
      account_key: "merchant/m1/lost-open",
      account_id: "lost-open",
      status: "open",
      overdraft: "allow",
      opened_at: "2026-01-01T00:00:00.000Z",
    } as const;
    database.order("lost_answer", 1);
    expect((await shaky().ledger.open(account)).account).toEqual(account);
    const journal = saleOf("a lost post", "lost-open", 1_000n);
    database.order("lost_answer", 1);
    expect(await shaky().ledger.post(journal, byHand(journal))).toBe(true);
    expect(await straight().ledger.journal(journal.journal_id)).toMatchObject(journal);
  });
});

describe("a fact in DynamoDB", () => {
  const told = {
    operation: "capture",
    state: "succeeded",
    id: "cap_1",
    at: "2026-01-01T00:00:01.000Z",
  } as const;
  const whole: Fact = { ...told, amount: 1_000, currency: "EUR" };
  const denied: Fact = { ...told, state: "refused" };

  it("takes two writes, over nothing and over one that was pending: the payment is untold no more", async () => {
    const { payments } = storesOver(database.client);
    const { payment_id } = await accepted(storesOver(database.client), { key: "two writes each" });
    const send = jest.spyOn(database.client, "send");
    await payments.recordFact(payment_id, { ...told, state: "pending" });
    await payments.recordFact(payment_id, told);
    expect(send).toHaveBeenCalledTimes(4);
    send.mockRestore();
  });

  it("takes no contradiction away that was kept while it was judged", async () => {
    const { payments } = storesOver(database.client);
    const { payment_id } = await accepted(storesOver(database.client), { key: "disputed meanwhile" });
    await payments.recordFact(payment_id, told);
    const [refused, disputed] = [Promise.withResolvers<void>(), Promise.withResolvers<void>()];
    const send = async (command: never): Promise<unknown> => {
      try {
        return await database.client.send(command);
      } catch (refusal) {
        refused.resolve();
        await disputed.promise;
        throw refusal;
      }
    };
    const late = storesOver({ send } as unknown as DynamoDBClient).payments.recordFact(payment_id, whole);
    await refused.promise;
    await payments.dispute(payment_id, told, denied);
    disputed.resolve();
    expect(await late).toEqual({ outcome: "known" });
    expect((await payments.load(payment_id))?.facts?.capture?.contradicted).toMatchObject({
      state: "refused",
    });
  });
});

describeFindingStore("DynamoDB", async () => ({
  findings: new DynamoFindingStore(database.client, new ManualClock(), TABLES.integrity),
  find: async (paymentId, kind) => {
    const item = await database.item("integrity", `FINDING#${paymentId}`, kind);
    if (!item) return undefined;
    const { details, cause, times, closed_at } = unmarshall(item);
    return { details, cause, times, closed_at };
  },
}));

describe("the sweep's cursor", () => {
  it("is what was written last, and nothing once the sweep came round", async () => {
    const cursor = new DynamoSweepCursor(database.client, TABLES.payments);
    expect(await cursor.read()).toBeUndefined();
    const position = { shard: 3, after: { payment_id: "p-1", since: "2026-01-01T00:00:00.000Z" } };
    await cursor.write({ shard: 1 });
    await cursor.write(position);
    expect(await cursor.read()).toEqual(position);
    await cursor.write(undefined);
    expect(await cursor.read()).toBeUndefined();
  });
});

describe("the open index", () => {
  it("spreads payments over all its keys", async () => {
    const { payments } = storesOver(database.client);
    const made = Array.from({ length: 160 }, (_, n) =>
      acceptanceFor({ key: `spread ${n}`, created_at: "2004-01-01T00:00:00.000Z" }),
    );
    await Promise.all(made.map((one) => payments.accept(one)));
    const shards = Array.from({ length: INDEX_SHARDS }, (_, shard) =>
      payments.openBefore(shard, "2004-01-02", 200),
    );
    const ours = new Set(made.map(({ payment }) => payment.payment_id));
    const counts = (await Promise.all(shards)).map(
      (open) => open.filter((one) => ours.has(one.payment_id)).length,
    );
    expect(counts.reduce((sum, one) => sum + one, 0)).toBe(160);
    expect(Math.min(...counts)).toBeGreaterThan(0);
  });
});

describe("what is personal", () => {
  const user_id = "0b9d7c1e-1d2f-4c3a-8f10-5a6b7c8d9e0f";
  const metadata = { nickname: "wiesenlaufkraut" };
  const response = JSON.stringify({ user_id, metadata });
  const wanted = { user_id, metadata, response };
  /** The sort keys of the payment's items that hold the text. */
  const holding = async (paymentId: string, text: string): Promise<(string | undefined)[]> => {
    const read = new QueryCommand({
      TableName: TABLES.payments,
      KeyConditionExpression: "pk = :pk",
      ExpressionAttributeValues: toItem({ ":pk": paymentKey(paymentId) }),
    });
    const { Items = [] } = await database.client.send(read);
    return Items.filter((item) => JSON.stringify(item).includes(text)).map((item) => item.sk?.S);
  };

  it("lies once in DynamoDB: the user on the payment, metadata apart, and nothing in an event", async () => {
    const { payment_id } = await accepted(storesOver(database.client), { key: "lies once", ...wanted });
    expect(await holding(payment_id, user_id)).toEqual(["PAYMENT"]);
    expect(await holding(payment_id, metadata.nickname)).toEqual(["METADATA"]);
  });

  it("lies nowhere once it is erased, though the answer to the erasure was lost or it met conflicts", async () => {
    const stores = storesOver(database.client);
    for (const fault of ["lost_answer", "conflict"] as const) {
      const acceptance = acceptanceFor({ key: `erased ${fault}`, ...wanted });
      const { payment_id } = acceptance.payment;
      await stores.payments.accept(acceptance);
      await stores.hand.keepAsBefore(acceptance);
      await stores.payments.commit(await stored(stores, payment_id), transitions.failing);
      expect(await holding(payment_id, user_id)).toEqual([eventKey(1), "PAYMENT"]);
      database.order(fault, 1);
      const at = "2026-01-01T00:00:02.000Z";
      const operation = {
        operation_id: idFor("erasure", fault, "1"),
        kind: "erasure",
        at,
        by: "mia",
      } as const;
      expect(await storesOver(database.shaky).payments.erase(payment_id, operation)).toBe(true);
      for (const text of [user_id, metadata.nickname]) expect(await holding(payment_id, text)).toEqual([]);
    }
  });
});

/** A write unit in bytes; a transaction pays two (docs/architecture.md#what-a-payment-writes). */
const ONE_UNIT = 1_024;
const TYPICAL = {
  amount: 123_456,
  currency: "EUR",
  user_id: "7f0c0d9e-5b52-4d8e-9a53-0d1f4b1c2a3b",
  payment_method: "pm_1OqYw2eZvKYlo2C0aZ8k3v9x",
  destination_account: "settlement-europe",
};

describe("the items of a typical payment", () => {
  beforeAll(() => {
    process.env._X_AMZN_TRACE_ID =
      "Root=1-67891233-abcdef012345678912345678;Parent=463ac35c9f6413ad;Sampled=1";
  });
  afterAll(() => {
    delete process.env._X_AMZN_TRACE_ID;
  });
  const clock = new ManualClock();

  async function saga(key: string) {
    const { payments, ledger } = storesOver(database.client, clock);
    const provider = new MemoryProvider();
    const policies = policiesBy(() => POLICY);
    const sagas = { start: async () => true, enqueue: async () => true };
    const merchantId = "4hq1f8u0c5m2vd7r9s3k6t1p0b";
    const body = { ...TYPICAL, reference: `order-2026-${key.slice(0, 8)}` };
    const request = { merchantId, requestId: "JKJaXmPLvHcESHA=", idempotencyKey: key, body };
    const gate = {
      breaker: new MemoryBreaker(clock),
      switches: new MemorySwitches(),
      exposure: new MemoryExposure(),
    };
    const throttle = new MemoryThrottle();
    const accept = acceptPayment({ payments, sagas, ...gate, throttle, clock, takesOrders: true });
    const { payment_id } = await accept(request);
    const ports = {
      payments,
      ledger,
      accounts: ledger,
      policies,
      clock,
      provider,
      ...gate,
      opensAccounts: true,
    };
    const run = (
      step: (ports: never) => (input: { payment_id: string; execution: string }) => Promise<void>,
    ) => {
      clock.advance(250);
      return step(ports as never)({ payment_id, execution: payment_id });
    };
    return { payment_id, provider, run };
  }

  async function sizes(paymentId: string) {
    const payment = await database.item("payments", paymentKey(paymentId), "PAYMENT");
    const event = await database.item("payments", paymentKey(paymentId), eventKey(1));
    if (!payment || !event) throw new Error("the payment or its first event is gone");
    return { payment: itemBytes(payment), event: itemBytes(event) };
  }

  it("stay below one write unit through the whole happy saga", async () => {
    const { payment_id, run } = await saga("2b1c7a52-8a43-4f6e-9d0c-3f5b2a1e4c77");
    expect(payment_id).toBe(
      idFor("create-payment", "4hq1f8u0c5m2vd7r9s3k6t1p0b", "2b1c7a52-8a43-4f6e-9d0c-3f5b2a1e4c77"),
    );
    const seen = [await sizes(payment_id)];
    for (const step of [validatePayment, authorizePayment, postLedger, capturePayment, notifyPayment]) {
      await run(step);
      seen.push(await sizes(payment_id));
    }
    expect(Math.max(...seen.map(({ payment }) => payment))).toBeLessThan(ONE_UNIT);
    expect(Math.max(...seen.map(({ event }) => event))).toBeLessThan(ONE_UNIT);
    const event = await database.item("payments", paymentKey(payment_id), eventKey(6));
    expect(event && traceIn(event)).toBe("Root=1-67891233-abcdef012345678912345678");
    expect(await stored(storesOver(database.client), payment_id)).toMatchObject({
      status: "COMPLETED",
      version: 6,
    });
  });

  it("stay below one write unit through a saga that is undone from its capture", async () => {
    const { payment_id, provider, run } = await saga("9c3f0b1d-55aa-4e0f-8a86-bb9a4f6d1e02");
    provider.next("capture", "refuse");
    for (const step of [validatePayment, authorizePayment, postLedger]) await run(step);
    expect(await failureOf(run(capturePayment))).toBe("CaptureDeclined");
    for (const step of [reverseLedger, voidAuthorization, failPayment]) await run(step);
    const { payment, event } = await sizes(payment_id);
    expect(await stored(storesOver(database.client), payment_id)).toMatchObject({ status: "FAILED" });
    expect(Math.max(payment, event)).toBeLessThan(ONE_UNIT);
  });
});
