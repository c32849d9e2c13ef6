// Where words lie: in every item of every table and index of a local stack, and in every other file
// of its home.
import { readdirSync, readFileSync, statSync } from "node:fs";
import { join, relative } from "node:path";
import type { DynamoDBClient } from "@aws-sdk/client-dynamodb";
import { PREFIX } from "../../../scripts/local/common/settings.ts";
import { itemsIn } from "./table-items.ts";

type Tables = Record<string, { indexes: Record<string, unknown> }>;
type Place = { table: string; index?: string };

const nameOf = ({ table, index }: Place): string => (index === undefined ? table : `${table}/${index}`);

/** Each place that holds one of the words, such as `payments PAYMENT#1 EVENT#000001`. */
export async function placesInTables(
  client: DynamoDBClient,
  tables: Tables,
  words: string[],
): Promise<{ searched: number; places: string[] }> {
  const scanned = Object.entries(tables).flatMap(([table, { indexes }]): Place[] => [
    { table },
    ...Object.keys(indexes).map((index) => ({ table, index })),
  ]);
  const places: string[] = [];
  let searched = 0;
  for (const place of scanned) {
    const items = await itemsIn(client, `${PREFIX}${place.table}`, place.index);
    searched += items.length;
    const holding = items.filter((item) => holdsOne(JSON.stringify(item), words));
    places.push(...holding.map(({ pk, sk }) => `${nameOf(place)} ${pk?.S} ${sk?.S}`));
  }
  return { searched, places };
}

/**
 * Each file of the home that holds one of the words: logs, executions, queues, the provider's
 * books. Of DynamoDB's own files the items are searched instead: what is freed in them is not
 * overwritten.
 */
export function placesInHome(home: string, words: string[]): { searched: number; places: string[] } {
  const files = readdirSync(home, { recursive: true, encoding: "utf8" })
    .map((name) => join(home, name))
    .filter((path) => !relative(home, path).startsWith("dynamodb") && statSync(path).isFile());
  const places = files.filter((path) => holdsOne(readFileSync(path, "latin1"), words));
  return { searched: files.length, places: places.map((path) => relative(home, path)) };
}

const holdsOne = (text: string, words: string[]): boolean => words.some((word) => text.includes(word));
