// The one transaction that erases what a payment holds about a person. The event itself, the
// version and the journals stay as they are.
import {
  type DynamoDBClient,
  GetItemCommand,
  type TransactWriteItem,
  TransactWriteItemsCommand,
} from "@aws-sdk/client-dynamodb";
import type { Clock } from "../../ports/clock.ts";
import { failedConditions, storeError, throughContention } from "./client.ts";
import { Expression } from "./conditions.ts";
import { erasedAttributes } from "./first-answer.ts";
import { type Item, toItem } from "./item.ts";
import { eventKey, paymentKey } from "./payment-item.ts";

/**
 * All or nothing, so that whoever dies in the middle has done nothing. False for a payment that has
 * not ended.
 */
export async function writeErasure(
  client: DynamoDBClient,
  clock: Clock,
  TableName: string,
  paymentId: string,
): Promise<boolean> {
  const at = (sk: string) => ({ TableName, Key: toItem({ pk: paymentKey(paymentId), sk }) });
  const get = new GetItemCommand({ ...at(eventKey(1)), ConsistentRead: true });
  try {
    const { Item: first } = await client.send(get);
    const TransactItems: TransactWriteItem[] = [
      {
        Update: {
          ...at("PAYMENT"),
          UpdateExpression: "SET erased_at = if_not_exists(erased_at, :now) REMOVE user_id",
          // A payment is processed when it ends, and never goes on after that.
          ConditionExpression: "attribute_exists(processed_at)",
          ExpressionAttributeValues: toItem({ ":now": new Date(clock.now()).toISOString() }),
        },
      },
      { Delete: at("METADATA") },
      ...(first ? [{ Update: { ...at(eventKey(1)), ...answerErasure(first) } }] : []),
    ];
    await throughContention(clock, () => client.send(new TransactWriteItemsCommand({ TransactItems })));
    return true;
  } catch (error) {
    if (failedConditions(error)) return false;
    throw storeError(error);
  }
}

/** Of an older first event too, which holds the whole answer. Nobody else changes these. */
function answerErasure(first: Item) {
  const expression = new Expression();
  const set = expression.assignments(erasedAttributes(first));
  return {
    UpdateExpression: `SET ${set} REMOVE body_hash`,
    ExpressionAttributeNames: expression.names,
    ExpressionAttributeValues: toItem(expression.values),
  };
}
