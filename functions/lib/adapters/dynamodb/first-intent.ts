// The first intent of a money step, set before anybody has read the payment. The one write brings
// the payment back as it is then: whole, for the condition is that nothing was told of it.
import {
  ConditionalCheckFailedException,
  type DynamoDBClient,
  GetItemCommand,
  UpdateItemCommand,
} from "@aws-sdk/client-dynamodb";
import type { Beginning } from "../../domain/beginning.ts";
import type { PaymentRecord } from "../../domain/payment.ts";
import type { Clock } from "../../ports/clock.ts";
import { storeError, throughContention } from "./client.ts";
import { beginningCondition, Expression } from "./conditions.ts";
import { type Item, toItem } from "./item.ts";
import { firsts, latest, paymentKey, WITH_METADATA, wholePayment } from "./payment-item.ts";

/** Undefined, and nothing is written, where the condition refuses. */
export async function writeFirstIntent(
  client: DynamoDBClient,
  clock: Clock,
  TableName: string,
  paymentId: string,
  beginning: Beginning,
): Promise<PaymentRecord | undefined> {
  const { step } = beginning;
  const now = clock.now();
  const at = (sk: string) => ({ TableName, Key: toItem({ pk: paymentKey(paymentId), sk }) });
  const expression = new Expression();
  const marks = { ...latest(paymentId, "intent", step, now), ...firsts(paymentId, "intent", step, now) };
  const update = new UpdateItemCommand({
    ...at("PAYMENT"),
    UpdateExpression: `SET ${expression.assignments(marks)}`,
    ConditionExpression: beginningCondition(beginning, expression),
    ExpressionAttributeNames: expression.names,
    ExpressionAttributeValues: toItem(expression.values),
    ReturnValues: "ALL_NEW",
  });
  try {
    const { Attributes = {} } = await throughContention(clock, () => client.send(update));
    return wholePayment([Attributes, ...(await metadataOf(client, Attributes, at("METADATA")))]);
  } catch (error) {
    if (error instanceof ConditionalCheckFailedException) return undefined;
    throw storeError(error);
  }
}

/** The METADATA item of a payment that has one. Until the payment has ended nobody changes it. */
async function metadataOf(
  client: DynamoDBClient,
  payment: Item,
  at: { TableName: string; Key: Item },
): Promise<Item[]> {
  if (payment[WITH_METADATA] === undefined) return [];
  const { Item } = await client.send(new GetItemCommand({ ...at, ConsistentRead: true }));
  return Item ? [Item] : [];
}
