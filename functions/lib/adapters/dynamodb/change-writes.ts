// The one transaction of a change after the fact: what holds since then, its event, and the guards
// of a reference that it changes. No saga writes any of these items, so none is delayed by it.
import {
  type DynamoDBClient,
  GetItemCommand,
  TransactionCanceledException,
  type TransactWriteItem,
  TransactWriteItemsCommand,
} from "@aws-sdk/client-dynamodb";
import { assertEvent } from "../../contracts/event-contract.ts";
import type { Change } from "../../domain/change.ts";
import { changeableOf, type PaymentRecord } from "../../domain/payment.ts";
import { InvariantBroken } from "../../errors/registry.ts";
import type { Clock } from "../../ports/clock.ts";
import type { ChangeOutcome } from "../../ports/payment-store.ts";
import { failedConditions, storeError, throughContention } from "./client.ts";
import { toItem } from "./item.ts";
import { CHANGED, changedIn, changedItem, eventItem, paymentKey, referenceKey } from "./payment-item.ts";

/** The first change finds nothing, a later one the change before it, and none an erasure. */
const afterTheOneBefore = (changes: number) =>
  changes === 1
    ? { ConditionExpression: "attribute_not_exists(pk)" }
    : {
        ConditionExpression: "changes = :before AND attribute_not_exists(erased_at)",
        ExpressionAttributeValues: toItem({ ":before": changes - 1 }),
      };

type Kind = "state" | "event" | "wanted reference" | "own reference";
type Write = { kind: Kind; item: TransactWriteItem };

/** The new reference is taken where it is free, and the old one is given back. */
function referenceWrites(payment: PaymentRecord, { changed }: Change, TableName: string): Write[] {
  const { payment_id, merchant_id } = payment;
  const [before, after] = [changeableOf(payment).reference, changed.to.reference];
  if (before === after) return [];
  const guard = (reference: string) => ({ pk: referenceKey(merchant_id, reference), sk: "REFERENCE" });
  const own = {
    TableName,
    ConditionExpression: "attribute_not_exists(pk) OR payment_id = :id",
    ExpressionAttributeValues: toItem({ ":id": payment_id }),
    ReturnValuesOnConditionCheckFailure: "ALL_OLD" as const,
  };
  const take = (reference: string): Write => ({
    kind: "wanted reference",
    item: { Put: { ...own, Item: toItem({ ...guard(reference), payment_id }) } },
  });
  const release = (reference: string): Write => ({
    kind: "own reference",
    item: { Delete: { ...own, Key: toItem(guard(reference)) } },
  });
  return [...(after === undefined ? [] : [take(after)]), ...(before === undefined ? [] : [release(before)])];
}

/** Everything that the change writes, with what each write is for. */
function changeWrites(payment: PaymentRecord, change: Change, TableName: string): Write[] {
  const { changed, event } = change;
  const Item = changedItem(payment.payment_id, changed);
  return [
    { kind: "state", item: { Put: { TableName, Item, ...afterTheOneBefore(changed.changes) } } },
    // Under the number that the first condition has found free.
    { kind: "event", item: { Put: { TableName, Item: eventItem(event) } } },
    ...referenceWrites(payment, change, TableName),
  ];
}

export async function writeChange(
  client: DynamoDBClient,
  clock: Clock,
  table: string,
  payment: PaymentRecord,
  change: Change,
): Promise<ChangeOutcome> {
  assertEvent(change.event);
  const writes = changeWrites(payment, change, table);
  const command = { TransactItems: writes.map(({ item }) => item) };
  try {
    await throughContention(clock, () => client.send(new TransactWriteItemsCommand(command)));
    return { outcome: "changed" };
  } catch (error) {
    const failed = failedConditions(error);
    if (!failed) throw storeError(error);
    const refused = writes.flatMap(({ kind }, index) => (failed[index] ? [kind] : []));
    // Read, because DynamoDB need not report every condition that failed.
    if (refused.includes("state") || (await isOvertaken(client, table, payment.payment_id, change)))
      return { outcome: "overtaken" };
    const holder = holderIn(error);
    if (refused.includes("wanted reference") && holder)
      return { outcome: "reference-taken", payment_id: holder };
    throw new InvariantBroken(`the ${refused.join(" and ")} disagrees with what was changed before`);
  }
}

/** What `afterTheOneBefore` refuses, of what is there now. */
async function isOvertaken(
  client: DynamoDBClient,
  TableName: string,
  paymentId: string,
  { changed }: Change,
): Promise<boolean> {
  const Key = toItem({ pk: paymentKey(paymentId), sk: CHANGED });
  const { Item } = await client
    .send(new GetItemCommand({ TableName, Key, ConsistentRead: true }))
    .catch((error) => Promise.reject(storeError(error)));
  if (!Item) return changed.changes !== 1;
  return changedIn(Item)?.changes !== changed.changes - 1 || Item.erased_at !== undefined;
}

/** The payment that holds the wanted reference. */
const holderIn = (error: unknown): string | undefined =>
  error instanceof TransactionCanceledException
    ? error.CancellationReasons?.[2]?.Item?.payment_id?.S
    : undefined;
