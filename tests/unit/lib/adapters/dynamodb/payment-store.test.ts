// What a cancelled transaction means while half of another one shows: a locked item gives its old
// image, and DynamoDB reports only the conditions that it came to.
import "../../../../support/function-environment.ts";
import {
  type DynamoDBClient,
  GetItemCommand,
  QueryCommand,
  TransactGetItemsCommand,
  TransactionCanceledException,
} from "@aws-sdk/client-dynamodb";
import { describe, expect, it } from "@jest/globals";
import { type Item, toItem } from "../../../../../functions/lib/adapters/dynamodb/item.ts";
import {
  eventItem,
  metadataItem,
  newPaymentItem,
} from "../../../../../functions/lib/adapters/dynamodb/payment-item.ts";
import { DynamoPaymentStore } from "../../../../../functions/lib/adapters/dynamodb/payment-store.ts";
import { quoteItem } from "../../../../../functions/lib/adapters/dynamodb/quote-item.ts";
import type { PaymentRecord } from "../../../../../functions/lib/domain/payment.ts";
import { acceptanceFor, OWNER, transitions } from "../../../../support/conformance/fixtures.ts";
import { quotedAcceptance, quoteFor } from "../../../../support/conformance/quote-store.ts";
import { ManualClock } from "../../../../support/memory/manual-clock.ts";

type Reason = { Code: string; Item?: Item };
const NONE: Reason = { Code: "None" };
const failed = (Item: Item = {}): Reason => ({ Code: "ConditionalCheckFailed", Item });

/**
 * A store whose transactions are cancelled for these reasons, one list after another, and then
 * written. `payment` is what a read gives, `items` are what single reads give by their sort key.
 */
function storeOver(cancelled: Reason[][], payment?: PaymentRecord, items: Record<string, Item> = {}) {
  let writes = 0;
  const send = async (command: unknown) => {
    if (command instanceof QueryCommand) return { Items: payment ? [newPaymentItem(payment)] : [] };
    if (command instanceof GetItemCommand) return { Item: items[command.input.Key?.sk?.S ?? ""] };
    const CancellationReasons = cancelled[writes++];
    if (!CancellationReasons) return {};
    throw new TransactionCanceledException({ message: "cancelled", $metadata: {}, CancellationReasons });
  };
  const client = { send } as unknown as DynamoDBClient;
  const tables = { payments: "payments", ledger: "ledger", integrity: "integrity" };
  return { payments: new DynamoPaymentStore(client, new ManualClock(), tables), writes: () => writes };
}

const payment: PaymentRecord = {
  ...acceptanceFor({ key: "half" }).payment,
  status: "PROCESSING",
  owner_execution: OWNER,
};
const posting = transitions.posting(payment, [{ account: "merchant/m1/a", currency: "EUR", amount: 1n }]);
/** The payment, its event and its journal, with the reason of the debit last. */
const ofDebit = [NONE, NONE, NONE, failed()];

describe("a commit whose debit alone is reported as refused", () => {
  it("is tried once more, and goes through where the first refusal showed half of another write", async () => {
    const { payments, writes } = storeOver([ofDebit], payment);
    expect(await payments.commit(payment, posting)).toMatchObject({ version: 2, fee: 15n });
    expect(writes()).toBe(2);
  });

  it("is refused when the same comes again for an unchanged payment", async () => {
    const { payments, writes } = storeOver([ofDebit, ofDebit, ofDebit], payment);
    await expect(payments.commit(payment, posting)).rejects.toMatchObject({ name: "InsufficientFunds" });
    expect(writes()).toBe(2);
  });

  it("is doubted anew for a payment that changed between the two refusals", async () => {
    const { payments, writes } = storeOver([ofDebit, ofDebit], { ...payment, version: 2 });
    expect(await payments.commit(payment, posting)).toMatchObject({ version: 3 });
    expect(writes()).toBe(3);
  });

  it("is done where the payment shows that an earlier try took the funds", async () => {
    const done = { ...payment, version: 2, fee: 15n };
    const { payments, writes } = storeOver([ofDebit], done);
    expect(await payments.commit(payment, posting)).toMatchObject({ version: 2 });
    expect(writes()).toBe(1);
  });
});

describe("an acceptance that shows half of another write of its key", () => {
  const acceptance = acceptanceFor({ key: "half", reference: "r" });
  const held = (payment_id: string) => toItem({ payment_id });

  it("is not told that its own reference is taken, and may be sent again", async () => {
    const own = failed(held(acceptance.payment.payment_id));
    const { payments } = storeOver([[NONE, NONE, own]]);
    await expect(payments.accept(acceptance)).rejects.toMatchObject({ name: "StoreContention" });
  });

  it("is told that another payment's reference is taken", async () => {
    const { payments } = storeOver([[NONE, NONE, failed(held("another"))]]);
    expect(await payments.accept(acceptance)).toMatchObject({ outcome: "reference-taken" });
  });

  it("is not told that its own quote was used, and is told of another's", async () => {
    const quoted = quotedAcceptance({ key: "quoted" }, quoteFor("quoted"));
    const usedBy = (consumed_by: string) => failed(quoteItem({ ...quoteFor("quoted"), consumed_by }));
    const half = storeOver([[NONE, NONE, usedBy(quoted.payment.payment_id)]]);
    await expect(half.payments.accept(quoted)).rejects.toMatchObject({ name: "StoreContention" });
    const { payments } = storeOver([[NONE, NONE, usedBy("another")]]);
    expect(await payments.accept(quoted)).toMatchObject({ outcome: "quote-refused", quote: "used" });
  });

  it("goes by the reference before the quote, though only the quote is reported", async () => {
    const quote = quoteFor("both");
    const both = quotedAcceptance({ key: "both", reference: "r" }, quote);
    const reasons = [NONE, NONE, NONE, failed(quoteItem({ ...quote, consumed_by: "another" }))];
    const { payments } = storeOver([reasons], undefined, { REFERENCE: held("another") });
    expect(await payments.accept(both)).toMatchObject({ outcome: "reference-taken" });
  });

  it("is decided by nothing but its first event while there is contention beside it", async () => {
    const conflict = { Code: "TransactionConflict" };
    const contended = Array.from({ length: 6 }, () => [NONE, conflict, failed(held("another"))]);
    const { payments } = storeOver(contended);
    await expect(payments.accept(acceptance)).rejects.toMatchObject({ name: "StoreContention" });
  });
});

describe("a replay", () => {
  const { payment } = acceptanceFor({ key: "replay", metadata: { b: "2", a: "1" } });
  const { user_id, metadata } = payment;
  const acceptance = {
    ...acceptanceFor({ key: "replay", metadata: { b: "2", a: "1" }, requestId: "again" }),
    response: "another answer",
  };
  const first = eventItem(acceptance.event, {
    response: '{"payment_id":"p","user_id":null,"metadata":null}',
    body_hash: "hash",
    members: "amount123456",
    accepted_by: "the first request",
  });
  const items = [
    first,
    newPaymentItem(payment),
    metadataItem(payment.payment_id, { metadata: metadata ?? {} }),
  ];
  /** A store that knows the key; reads are refused for `contended` times, and then find this. */
  function storeWith(found: (Item | undefined)[], contended = 0) {
    let reads = 0;
    const send = async (command: unknown) => {
      if (!(command instanceof TransactGetItemsCommand)) {
        const CancellationReasons = [NONE, failed(first), NONE];
        throw new TransactionCanceledException({ message: "cancelled", $metadata: {}, CancellationReasons });
      }
      if (reads++ >= contended) return { Responses: found.map((Item) => ({ Item })) };
      const CancellationReasons = [{ Code: "TransactionConflict" }, NONE, NONE];
      throw new TransactionCanceledException({ message: "cancelled", $metadata: {}, CancellationReasons });
    };
    const client = { send } as unknown as DynamoDBClient;
    const tables = { payments: "payments", ledger: "ledger", integrity: "integrity" };
    return { payments: new DynamoPaymentStore(client, new ManualClock(), tables), reads: () => reads };
  }
  const response = JSON.stringify({ payment_id: "p", user_id, metadata });

  it("reads its three items at one moment, once more while they are being written", async () => {
    const { payments, reads } = storeWith(items, 1);
    expect(await payments.accept(acceptance)).toMatchObject({ outcome: "known", response });
    expect(reads()).toBe(2);
  });

  it("may be sent again where they are being written for too long", async () => {
    const { payments } = storeWith(items, 100);
    await expect(payments.accept(acceptance)).rejects.toMatchObject({ name: "StoreContention" });
  });

  it("of what was erased between its write and its read answers as of what was erased before", async () => {
    const answer = '{"payment_id":"p"}';
    const erased = eventItem(acceptance.event, { response: answer, members: "amount123456" });
    const { user_id: _, ...others } = payment;
    const { payments } = storeWith([erased, newPaymentItem(others), undefined]);
    expect(await payments.accept(acceptance)).toEqual({
      outcome: "known",
      response: answer,
      fingerprint: { members: { amount: "123456" } },
    });
  });
});
