// The one transaction that accepts a payment, and what its refusal means. Nothing is looked up
// before the write: the old items come back with the conditions that failed.
import {
  type DynamoDBClient,
  GetItemCommand,
  TransactionCanceledException,
  type TransactWriteItem,
  TransactWriteItemsCommand,
} from "@aws-sdk/client-dynamodb";
import { assertEvent } from "../../contracts/event-contract.ts";
import { type Claim, objectionToQuote } from "../../domain/quote.ts";
import { InvariantBroken, StoreContention } from "../../errors/registry.ts";
import type { Clock } from "../../ports/clock.ts";
import type { Acceptance, Accepted } from "../../ports/payment-store.ts";
import { reportTransition } from "../../runtime/transitions.ts";
import { isContention, storeError, throughContention } from "./client.ts";
import { firstAnswer, keptAnswer } from "./first-answer.ts";
import { type Item, toItem } from "./item.ts";
import {
  eventItem,
  eventKey,
  isAnnotated,
  metadataItem,
  newPaymentItem,
  paymentKey,
  referenceKey,
} from "./payment-item.ts";
import { consumption, quoteIn } from "./quote-item.ts";

/** The payment and its event come first; then metadata, reference and quote where given. */
function acceptanceWrites(acceptance: Acceptance, TableName: string): TransactWriteItem[] {
  const { payment, event, quote } = acceptance;
  const ifAbsent = {
    TableName,
    ConditionExpression: "attribute_not_exists(pk)",
    ReturnValuesOnConditionCheckFailure: "ALL_OLD" as const,
  };
  const writes: TransactWriteItem[] = [
    { Put: { ...ifAbsent, Item: newPaymentItem(payment) } },
    { Put: { ...ifAbsent, Item: eventItem(event, keptAnswer(acceptance)) } },
  ];
  if (isAnnotated(payment)) {
    // Under the key that the payment's own condition has found free.
    writes.push({ Put: { TableName, Item: metadataItem(payment.payment_id, payment) } });
  }
  if (payment.reference) {
    const pk = referenceKey(payment.merchant_id, payment.reference);
    writes.push({
      Put: { ...ifAbsent, Item: toItem({ pk, sk: "REFERENCE", payment_id: payment.payment_id }) },
    });
  }
  if (quote) writes.push(consumption(TableName, quote.quote_id, payment.payment_id, quote.claim));
  return writes;
}

/** Writes the acceptance, or says what stands in its way. */
export async function writeAcceptance(
  client: DynamoDBClient,
  clock: Clock,
  table: string,
  acceptance: Acceptance,
): Promise<Accepted> {
  const { payment, event } = acceptance;
  assertEvent(event);
  const TransactItems = acceptanceWrites(acceptance, table);
  try {
    await throughContention(clock, () => client.send(new TransactWriteItemsCommand({ TransactItems })));
    reportTransition(payment, event);
    return { outcome: "created" };
  } catch (error) {
    const reported = refusedItems(error, acceptance);
    if (!reported) throw storeError(error);
    const { first, ...others } = await completed(client, table, reported, acceptance);
    // Half of a transaction shows while it is under way: nothing is decided but by EVENT#1.
    if (first) {
      const known = await firstAnswer(client, clock, table, first, acceptance);
      if (known.outcome === "created") reportTransition(payment, event);
      return known;
    }
    const known = isContention(error) ? undefined : refusedBy(others, acceptance);
    if (known) return known;
    throw new StoreContention("another write of the same key is under way");
  }
}

/** What stands in the way of an acceptance. A quote that does not exist is an empty item. */
type Refused = { first?: Item | undefined; reference?: Item | undefined; quote?: Item | undefined };

/** As far as DynamoDB reports it; undefined when the error says nothing about conditions. */
function refusedItems(error: unknown, { payment, quote }: Acceptance): Refused | undefined {
  if (!(error instanceof TransactionCanceledException)) return undefined;
  const items = (error.CancellationReasons ?? []).map((reason) =>
    reason.Code === "ConditionalCheckFailed" ? (reason.Item ?? {}) : undefined,
  );
  if (items.every((item) => item === undefined)) return undefined;
  return {
    first: items[1],
    ...(payment.reference ? { reference: items[isAnnotated(payment) ? 3 : 2] } : {}),
    // The quote's write is the last one.
    ...(quote ? { quote: items.at(-1) } : {}),
  };
}

/** With what is judged before the items that were reported: DynamoDB need not report all. */
async function completed(
  client: DynamoDBClient,
  TableName: string,
  reported: Refused,
  { payment }: Acceptance,
): Promise<Refused> {
  const { payment_id, merchant_id, reference } = payment;
  const read = async (pk: string, sk: string): Promise<Item | undefined> => {
    const get = new GetItemCommand({ TableName, Key: toItem({ pk, sk }), ConsistentRead: true });
    return (await client.send(get).catch((error) => Promise.reject(storeError(error)))).Item;
  };
  const first = reported.first ?? (await read(paymentKey(payment_id), eventKey(1)));
  if (first || reported.reference || reference === undefined) return { ...reported, first };
  return { ...reported, reference: await read(referenceKey(merchant_id, reference), "REFERENCE") };
}

/**
 * The reference is judged before the quote. Undefined for half of a write of the same key, whose
 * first event does not show yet.
 */
function refusedBy({ reference, quote: found }: Refused, acceptance: Acceptance): Accepted | undefined {
  const { payment, quote } = acceptance;
  const holder = reference?.payment_id?.S;
  if (holder === payment.payment_id) return undefined;
  if (holder !== undefined) return { outcome: "reference-taken", payment_id: holder };
  if (!quote || !found || found.consumed_by?.S === payment.payment_id) return undefined;
  return refusedQuote(found, quote.claim);
}

/** What the refused write found under the quote's key; nothing is an unknown quote. */
function refusedQuote(found: Item, claim: Claim): Accepted {
  const objection = objectionToQuote(Object.keys(found).length === 0 ? undefined : quoteIn(found), claim);
  if (!objection) throw new InvariantBroken("the condition refused a quote that may be consumed");
  return { outcome: "quote-refused", ...objection };
}
