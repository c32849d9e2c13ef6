// The one transaction that accepts a payment, and what its refusal means. Nothing is looked up
// before the write: the old items come back with the conditions that failed.
import { TransactionCanceledException, type TransactWriteItem } from "@aws-sdk/client-dynamodb";
import { unmarshall } from "@aws-sdk/util-dynamodb";
import { type Fingerprint, MEMBER_CHARACTERS } from "../../domain/idempotency.ts";
import { type Claim, objectionToQuote } from "../../domain/quote.ts";
import { InvariantBroken } from "../../errors/registry.ts";
import type { Acceptance, Accepted } from "../../ports/payment-store.ts";
import { isContention } from "./client.ts";
import { type Item, toItem } from "./item.ts";
import { eventItem, newPaymentItem, paymentKey, referenceKey } from "./payment-item.ts";
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
export function acceptanceWrites(acceptance: Acceptance, TableName: string): TransactWriteItem[] {
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
    const item = { pk: paymentKey(payment.payment_id), sk: "METADATA", metadata: payment.metadata };
    writes.push({ Put: { ...ifAbsent, Item: toItem(item) } });
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

/**
 * Reads a cancelled acceptance. Undefined when the error says nothing about conditions. The
 * idempotency key is judged before the reference.
 */
export function readAcceptance(error: unknown, acceptance: Acceptance): Accepted | undefined {
  if (!(error instanceof TransactionCanceledException)) return undefined;
  const items = (error.CancellationReasons ?? []).map((reason) =>
    reason.Code === "ConditionalCheckFailed" ? (reason.Item ?? {}) : undefined,
  );
  // The quote's write is the last one.
  const quoted = acceptance.quote ? items.pop() : undefined;
  const old = items.map((item) => item && unmarshall(item));
  const first = old[1];
  if (first) {
    if (first.accepted_by === acceptance.requestId) return { outcome: "created" };
    const fingerprint = {
      body: String(first.body_hash),
      members: unpackMembers(String(first.members)),
    };
    return { outcome: "known", response: String(first.response), fingerprint };
  }
  // Half of somebody's transaction shows while it is under way: nothing is decided but by EVENT#1.
  if (isContention(error)) return undefined;
  if (old[0] || old.slice(2).some((item) => item && item.sk !== "REFERENCE")) {
    throw new InvariantBroken("a payment without its first event");
  }
  const reference = old.slice(2).find((item) => item !== undefined);
  if (reference) return { outcome: "reference-taken", payment_id: String(reference.payment_id) };
  return acceptance.quote && quoted && refusedQuote(quoted, acceptance.quote.claim);
}

/** What the refused write found under the quote's key; nothing is an unknown quote. */
function refusedQuote(found: Item, claim: Claim): Accepted {
  const objection = objectionToQuote(Object.keys(found).length === 0 ? undefined : quoteIn(found), claim);
  if (!objection) throw new InvariantBroken("the condition refused a quote that may be consumed");
  return { outcome: "quote-refused", ...objection };
}
