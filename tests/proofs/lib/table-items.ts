// Every item of tables and indexes, read to the last page.
import { type DynamoDBClient, ScanCommand } from "@aws-sdk/client-dynamodb";
import type { Item } from "../../../functions/lib/adapters/dynamodb/item.ts";
import manifest from "../../../functions/manifest.json" with { type: "json" };

/** The items of a table by its full name, or of one of its indexes. */
export async function itemsIn(client: DynamoDBClient, TableName: string, index?: string): Promise<Item[]> {
  const items: Item[] = [];
  let from: Item | undefined;
  do {
    const scan = new ScanCommand({
      TableName,
      ...(index === undefined ? { ConsistentRead: true } : { IndexName: index }),
      ...(from ? { ExclusiveStartKey: from } : {}),
    });
    const page = await client.send(scan);
    items.push(...(page.Items ?? []));
    from = page.LastEvaluatedKey;
  } while (from);
  return items;
}

/** All items of ours by their place, such as `payments PAYMENT#1 EVENT#000001`; each as a text. */
export async function allItems(client: DynamoDBClient, prefix: string): Promise<Map<string, string>> {
  const ours = Object.entries(manifest.tables).filter(([, table]) => !("sandbox" in table));
  const items = new Map<string, string>();
  for (const [table] of ours) {
    for (const item of await itemsIn(client, `${prefix}${table}`)) {
      const members = Object.entries(item).sort(([a], [b]) => (a < b ? -1 : 1));
      items.set(`${table} ${item.pk?.S} ${item.sk?.S}`, JSON.stringify(members));
    }
  }
  return items;
}

/** The places where the two differ: what came, what went, and what is another item now. */
export function differences(before: Map<string, string>, after: Map<string, string>): string[] {
  const places = new Set([...before.keys(), ...after.keys()]);
  return [...places].filter((place) => before.get(place) !== after.get(place)).sort();
}
