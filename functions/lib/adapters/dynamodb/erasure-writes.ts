// The one transaction that erases what a payment holds about a person, with whose hand it was. The
// event itself, the version and the journals stay as they are.
import {
  type DynamoDBClient,
  GetItemCommand,
  type TransactWriteItem,
  TransactWriteItemsCommand,
} from "@aws-sdk/client-dynamodb";
import type { Operation } from "../../domain/operation.ts";
import { InvariantBroken } from "../../errors/registry.ts";
import type { Clock } from "../../ports/clock.ts";
import { reportOperation } from "../../runtime/operations.ts";
import { failedConditions, storeError, throughContention } from "./client.ts";
import { Expression } from "./conditions.ts";
import { erasedAttributes } from "./first-answer.ts";
import { type Item, toItem } from "./item.ts";
import { operationWrite } from "./operation-writes.ts";
import { CHANGED, eventKey, paymentKey } from "./payment-item.ts";

/**
 * All or nothing, so that whoever dies in the middle has done nothing. False for a payment that has
 * not ended.
 */
export async function writeErasure(
  client: DynamoDBClient,
  clock: Clock,
  tables: { payments: string; integrity: string },
  paymentId: string,
  operation: Operation,
): Promise<boolean> {
  const at = (sk: string) => ({ TableName: tables.payments, Key: toItem({ pk: paymentKey(paymentId), sk }) });
  const read = async (sk: string): Promise<Item | undefined> => {
    const get = new GetItemCommand({ ...at(sk), ConsistentRead: true });
    return (await client.send(get).catch((error) => Promise.reject(storeError(error)))).Item;
  };
  const first = await read(eventKey(1));
  const TransactItems: TransactWriteItem[] = [
    {
      Update: {
        ...at("PAYMENT"),
        UpdateExpression: "SET erased_at = if_not_exists(erased_at, :now) REMOVE user_id",
        // A payment is processed when it ends, and never goes on after that.
        ConditionExpression: "attribute_exists(processed_at)",
        ExpressionAttributeValues: toItem({ ":now": operation.at }),
      },
    },
    { Delete: at("METADATA") },
    // Of every payment, changed or not: whoever read it before brings nothing back.
    {
      Update: {
        ...at(CHANGED),
        UpdateExpression: "SET erased_at = :now REMOVE metadata, description",
        ExpressionAttributeValues: toItem({ ":now": operation.at }),
      },
    },
    ...(first ? [{ Update: { ...at(eventKey(1)), ...answerErasure(first) } }] : []),
    operationWrite(operation, tables.integrity),
  ];
  try {
    await throughContention(clock, () => client.send(new TransactWriteItemsCommand({ TransactItems })));
    reportOperation(operation);
    return true;
  } catch (error) {
    if (!failedConditions(error)) throw storeError(error);
  }
  // Read, because DynamoDB need not report every condition that failed.
  const payment = await read("PAYMENT");
  if (payment?.processed_at === undefined) return false;
  if (payment.erased_at) return true;
  throw new InvariantBroken(`${operation.kind} ${operation.operation_id} stands without its erasure`);
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
