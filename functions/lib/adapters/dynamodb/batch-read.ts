// Reads items of one table by their keys, a hundred with one call. Consistent, like every read that
// something is decided by. What DynamoDB leaves out, because it was throttled, is asked for again.
import { BatchGetItemCommand, type DynamoDBClient } from "@aws-sdk/client-dynamodb";
import { StoreContention } from "../../errors/registry.ts";
import type { Clock } from "../../ports/clock.ts";
import { storeError, throughContention } from "./client.ts";
import type { Item } from "./item.ts";

/** What DynamoDB reads at once. */
const KEYS_AT_ONCE = 100;

/** In no order, and without the keys under which there is nothing. A key may be given once. */
export async function readItems(
  client: DynamoDBClient,
  clock: Clock,
  table: string,
  keys: Item[],
  patientUntil?: number,
): Promise<Item[]> {
  const items: Item[] = [];
  for (let from = 0; from < keys.length; from += KEYS_AT_ONCE) {
    let left = keys.slice(from, from + KEYS_AT_ONCE);
    const readLeft = async (): Promise<void> => {
      const RequestItems = { [table]: { Keys: left, ConsistentRead: true } };
      const answer = await client.send(new BatchGetItemCommand({ RequestItems }));
      items.push(...(answer.Responses?.[table] ?? []));
      left = answer.UnprocessedKeys?.[table]?.Keys ?? [];
      if (left.length > 0) throw new StoreContention("a part of what was asked for was throttled");
    };
    await throughContention(clock, readLeft, patientUntil).catch((error) =>
      Promise.reject(storeError(error)),
    );
  }
  return items;
}
