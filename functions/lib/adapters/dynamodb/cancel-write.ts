// A merchant's cancel: one conditional update, without event or version. No lookup goes before it.
// Where it is refused the item says why.
import {
  ConditionalCheckFailedException,
  type DynamoDBClient,
  UpdateItemCommand,
} from "@aws-sdk/client-dynamodb";
import { objectionToCancel } from "../../domain/cancel.ts";
import { InvariantBroken } from "../../errors/registry.ts";
import type { Clock } from "../../ports/clock.ts";
import type { CancelRequest } from "../../ports/payment-store.ts";
import { storeError, throughContention } from "./client.ts";
import { cancelCondition, Expression } from "./conditions.ts";
import { toItem } from "./item.ts";
import { paymentKey, paymentOf } from "./payment-item.ts";

/** Undefined where the merchant has no such payment. Throws CannotCancel. */
export async function writeCancelRequest(
  client: DynamoDBClient,
  clock: Clock,
  TableName: string,
  paymentId: string,
  merchantId: string,
): Promise<CancelRequest | undefined> {
  const expression = new Expression();
  const update = new UpdateItemCommand({
    TableName,
    Key: toItem({ pk: paymentKey(paymentId), sk: "PAYMENT" }),
    UpdateExpression: `SET ${expression.assignments({ cancel_requested_at: clock.now() })}`,
    ConditionExpression: cancelCondition(merchantId, expression),
    ExpressionAttributeNames: expression.names,
    ExpressionAttributeValues: toItem(expression.values),
    ReturnValues: "ALL_NEW",
    ReturnValuesOnConditionCheckFailure: "ALL_OLD",
  });
  try {
    const { Attributes = {} } = await throughContention(clock, () => client.send(update));
    return { payment: paymentOf(Attributes), isNews: true };
  } catch (error) {
    if (!(error instanceof ConditionalCheckFailedException)) throw storeError(error);
    const { Item } = error;
    if (Item?.merchant_id?.S !== merchantId) return undefined;
    const payment = paymentOf(Item);
    if (payment.cancel_requested_at !== undefined) return { payment, isNews: false };
    throw objectionToCancel(payment) ?? new InvariantBroken("a cancel was refused that is allowed");
  }
}
