// An operation as a write of a transaction: OPERATIONS#<day> / <time>_<id> in the table integrity.
// Every write is put-if-absent; nothing updates or deletes one.
import type { TransactWriteItem } from "@aws-sdk/client-dynamodb";
import { unmarshall } from "@aws-sdk/util-dynamodb";
import { dayOf, type Operation, operationOrder } from "../../domain/operation.ts";
import { type Item, toItem } from "./item.ts";

export const operationsKey = (day: string): string => `OPERATIONS#${day}`;

const operationItem = (operation: Operation): Item =>
  toItem({
    pk: operationsKey(dayOf(operation.at)),
    sk: operationOrder(operation),
    ...operation,
    ...(operation.details ? { details: JSON.stringify(operation.details) } : {}),
  });

export function operationOf(item: Item): Operation {
  const { pk: _, sk: __, details, ...rest } = unmarshall(item);
  const parsed = details === undefined ? {} : { details: JSON.parse(details) as Record<string, unknown> };
  return { ...(rest as Operation), ...parsed };
}

export const operationPut = (operation: Operation, TableName: string) => ({
  TableName,
  Item: operationItem(operation),
  ConditionExpression: "attribute_not_exists(pk)",
});

export const operationWrite = (operation: Operation, table: string): TransactWriteItem => ({
  Put: operationPut(operation, table),
});
