// Values to DynamoDB attributes and back. Numbers come back as bigint, because amounts pass 2^53;
// the reader of a small number narrows it.
import type { AttributeValue } from "@aws-sdk/client-dynamodb";
import { marshall, unmarshall } from "@aws-sdk/util-dynamodb";

export type Item = Record<string, AttributeValue>;

export const toItem = (value: Record<string, unknown>): Item =>
  marshall(value, { removeUndefinedValues: true });

export const fromItem = (item: Item): Record<string, unknown> =>
  unmarshall(item, { wrapNumbers: (text) => BigInt(text) });
