// The one transaction that accepts a payment, and what its refusal means. Nothing is looked up
// before the write: the old items come back with the conditions that failed.
import {
  type DynamoDBClient,
  GetItemCommand,
  TransactionCanceledException,
  type TransactWriteItem,
  TransactWriteItemsCommand,
} from "@aws-sdk/client-dynamodb";
import { unmarshall } from "@aws-sdk/util-dynamodb";
import { assertEvent } from "../../contracts/event-contract.ts";
import { type Fingerprint, MEMBER_CHARACTERS } from "../../domain/idempotency.ts";
import { type Claim, objectionToQuote } from "../../domain/quote.ts";
import { InvariantBroken, StoreContention } from "../../errors/registry.ts";
import type { Clock } from "../../ports/clock.ts";
import type { Acceptance, Accepted } from "../../ports/payment-store.ts";
import { reportTransition } from "../../runtime/transitions.ts";
import { isContention, storeError, throughContention } from "./client.ts";
import { type Item, toItem } from "./item.ts";
import {
  eventItem,
  eventKey,
  metadataItem,
  newPaymentItem,
  paymentKey,
  referenceKey,
} from "./payment-item.ts";
import { consumption, quoteIn } from "./quote-item.ts";

/**
 * `amount1aB_3c,currency…`: one short attribute, because EVENT#1 must stay below one write unit.
 */
const packMembers = (members: Fingerprint["members"]): string =>
  Object.entries(members)
    .map(([name, hash]) => `${name}${hash}`)
    .join(",");

const unpackMembers = (packed: string): Fingerprint["members"] =>
  Object.fromEntries(
    packed.split(",").map((pair) => [pair.slice(0, -MEMBER_CHARACTERS), pair.slice(-MEMBER_CHARACTERS)]),
  );

/** The payment and its event come first; then metadata, reference and quote where given. */
function acceptanceWrites(acceptance: Acceptance, TableName: string): TransactWriteItem[] {
  const { payment, event, fingerprint, response, requestId, quote } = acceptance;
  const ifAbsent = {
    TableName,
    ConditionExpression: "attribute_not_exists(pk)",
    ReturnValuesOnConditionCheckFailure: "ALL_OLD" as const,
  };
  const first = eventItem(event, {
    response,
    body_hash: fingerprint.body,
    members: packMembers(fingerprint.members),
    accepted_by: requestId,
  });
  const writes: TransactWriteItem[] = [
    { Put: { ...ifAbsent, Item: newPaymentItem(payment) } },
    { Put: { ...ifAbsent, Item: first } },
  ];
  if (payment.metadata) {
    // Under the key that the payment's own condition has found free.
    writes.push({ Put: { TableName, Item: metadataItem(payment.payment_id, payment.metadata) } });
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
    const known = readAcceptance(isContention(error) ? { first } : { first, ...others }, acceptance);
    if (known?.outcome === "created") reportTransition(payment, event);
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
    ...(payment.reference ? { reference: items[payment.metadata ? 3 : 2] } : {}),
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
 * The idempotency key is judged first, then the reference, then the quote. Undefined for half of a
 * write of the same key, whose first event does not show yet.
 */
function readAcceptance({ first, ...refused }: Refused, acceptance: Acceptance): Accepted | undefined {
  const { payment, requestId, quote } = acceptance;
  if (first) return firstAnswer(unmarshall(first), requestId);
  const holder = refused.reference?.payment_id?.S;
  if (holder === payment.payment_id) return undefined;
  if (holder !== undefined) return { outcome: "reference-taken", payment_id: holder };
  if (!quote || !refused.quote || refused.quote.consumed_by?.S === payment.payment_id) return undefined;
  return refusedQuote(refused.quote, quote.claim);
}

function firstAnswer(first: Record<string, unknown>, requestId: string): Accepted {
  if (first.accepted_by === requestId) return { outcome: "created" };
  const fingerprint = { body: String(first.body_hash), members: unpackMembers(String(first.members)) };
  return { outcome: "known", response: String(first.response), fingerprint };
}

/** What the refused write found under the quote's key; nothing is an unknown quote. */
function refusedQuote(found: Item, claim: Claim): Accepted {
  const objection = objectionToQuote(Object.keys(found).length === 0 ? undefined : quoteIn(found), claim);
  if (!objection) throw new InvariantBroken("the condition refused a quote that may be consumed");
  return { outcome: "quote-refused", ...objection };
}
